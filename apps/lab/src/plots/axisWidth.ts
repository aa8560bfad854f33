/** The width of a vertical axis: what its longest label takes, so that none is cut off. */
import type uPlot from 'uplot';

/** An axis with the font that uPlot has made of ours, and with the size of the round before. */
interface ScaledAxis extends uPlot.Axis {
  readonly font: string & readonly [font: string];
  readonly _size: number;
}

/** @param least in CSS pixels, so that plots among each other and the same plot in time keep their place */
export const widthOfLabels =
  (least: number) =>
  (plot: uPlot, labels: readonly string[] | null, axisIndex: number, round: number): number => {
    const axis = plot.axes[axisIndex] as ScaledAxis;
    // uPlot asks again with other labels, as long as the size changes.
    if (round > 1) return axis._size;
    const { ctx } = plot;
    ctx.font = axis.font[0];
    const widest = Math.max(0, ...(labels ?? []).map((label) => ctx.measureText(label).width));
    const beside = (axis.ticks?.size ?? 0) + (axis.gap ?? 0);
    return Math.max(least, Math.ceil(widest / devicePixelRatio + beside));
  };
