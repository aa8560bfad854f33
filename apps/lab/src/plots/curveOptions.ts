/** How uPlot draws the curves of a kind: for each run a line for training, smoothed or not, and dots for the test. */
import type uPlot from 'uplot';
import { lossText, percent, short, whole } from '../messages/numbers.js';
import type { RunRecord } from '../state/runRecord.js';
import { widthOfLabels } from './axisWidth.js';
import { axisStyle, canvasDash, runColor } from './colors.js';
import { type CurveName, columnsPerRun } from './curveData.js';
import { logScale, powersOfTen } from './logAxis.js';
import { nearestKnown } from './nearest.js';
import { swapMarks } from './swapMarks.js';

export const valueText: Record<CurveName, (value: number) => string> = {
  loss: lossText,
  accuracy: (value) => percent(value),
  speed: whole,
};

const tickText: Record<CurveName, (value: number) => string> = {
  loss: short,
  accuracy: (value) => percent(value, 0),
  speed: whole,
};

interface CurveSettings {
  readonly kind: CurveName;
  readonly colors: readonly number[];
  readonly logarithmic: boolean;
  readonly epochsLabel: string;
  /** Those that are shown, asked for at each drawing. */
  readonly runs: () => readonly RunRecord[];
  /** What a person has zoomed to, asked for at each drawing. */
  readonly zoom: () => readonly [from: number, to: number] | undefined;
}

export function curveOptions(settings: CurveSettings): Omit<uPlot.Options, 'width' | 'height'> {
  const { kind, colors, logarithmic, epochsLabel, runs, zoom } = settings;
  const style = axisStyle();
  return {
    cursor: { dataIdx: (plot, series, index) => nearestKnown(plot.data[series]!, index)! },
    scales: {
      x: { time: false, range: (_plot, _low, high) => [...(zoom() ?? [0, high || 1])] },
      y: logarithmic ? logScale : { range: rangeOf(kind) },
    },
    axes: [
      { ...style, label: epochsLabel, labelSize: 18, labelFont: style.font, size: 34 },
      {
        ...style,
        size: widthOfLabels(58),
        values: (_plot, ticks) => ticks.map(tickText[kind]),
        ...(logarithmic && { splits: powersOfTen, filter: (_plot: uPlot, splits: number[]) => splits }),
        // Between two whole numbers there would be labels that say the same.
        ...(kind === 'speed' && { incrs: wholeSteps }),
      },
    ],
    series: [{}, ...colors.flatMap(seriesOf)],
    plugins: [swapMarks(runs)],
  };
}

/** As many as `columnsPerRun`. */
function seriesOf(color: number): uPlot.Series[] {
  const stroke = runColor(color);
  const line = { width: 1.5, spanGaps: true, points: { show: false } };
  return [
    { ...line, stroke, dash: canvasDash(color) },
    // What was smoothed shows through.
    { ...line, stroke: `${stroke}55`, width: 1 },
    { stroke, width: 0, spanGaps: true, points: { show: true, size: 7, fill: stroke } },
  ];
}

/** The series of a run's training, and of its test, by the run's place among those shown. */
export const seriesNumbers = (run: number) => ({
  train: 1 + run * columnsPerRun,
  test: (run + 1) * columnsPerRun,
});

/** 1, 2, 5, 10, ...: steps from one label to the next. */
const wholeSteps = Array.from(
  { length: 30 },
  (_, power) => [1, 2, 5][power % 3]! * 10 ** Math.floor(power / 3),
);

/** Accuracies run to 1, the others from 0 as far as they go. */
const rangeOf =
  (kind: CurveName): uPlot.Range.Function =>
  (_plot, _low, high) =>
    kind === 'accuracy' ? [0, 1] : [0, (high || 1) * 1.05];
