/** A uPlot plugin: the sigmoid and its derivative over a histogram of its inputs, and the bounds of saturation. */
import type uPlot from 'uplot';
import { saturation } from '../protocol.js';
import { cssColor } from './colors.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The derivative is 1/4 at most: four times as high it is as high as the sigmoid. */
const derivativeTimesFour = (x: number): number => 4 * sigmoid(x) * (1 - sigmoid(x));

export const sigmoidCurves: uPlot.Plugin = {
  hooks: {
    draw(plot) {
      const { ctx } = plot;
      ctx.save();
      ctx.lineWidth = 1.5 * devicePixelRatio;
      drawCurve(plot, sigmoid, cssColor('--text'), []);
      drawCurve(plot, derivativeTimesFour, cssColor('--curve'), [5, 3]);
      for (const bound of [-saturation, saturation]) drawBound(plot, bound);
      ctx.restore();
    },
  },
};

/** A function with values in [0, 1], over the whole height. */
function drawCurve(
  { ctx, bbox, posToVal }: uPlot,
  curve: (x: number) => number,
  color: string,
  dash: number[],
) {
  const ratio = devicePixelRatio;
  ctx.strokeStyle = color;
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.beginPath();
  for (let across = 0; across <= bbox.width; across += 2 * ratio) {
    const y = bbox.top + bbox.height * (1 - curve(posToVal(across / ratio, 'x')));
    ctx.lineTo(bbox.left + across, y);
  }
  ctx.stroke();
}

function drawBound(plot: uPlot, at: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at, 'x', true);
  ctx.strokeStyle = cssColor('--muted');
  ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}
