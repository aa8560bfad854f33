/** A uPlot plugin: a dashed vertical where a run's backend was swapped, with the name of the new one. */
import type uPlot from 'uplot';
import type { RunRecord } from '../state/runRecord.js';
import { cssColor, runColor } from './colors.js';

/** @param runs those that are shown, asked for at each drawing */
export function swapMarks(runs: () => readonly RunRecord[]): uPlot.Plugin {
  return {
    hooks: {
      draw(plot) {
        for (const { swaps, color } of runs()) {
          for (const [number, { at, to }] of swaps.entries()) mark(plot, at, to, runColor(color), number);
        }
      },
    },
  };
}

function mark(plot: uPlot, at: number, text: string, color: string, number: number): void {
  const { ctx, bbox } = plot;
  const x = plot.valToPos(at, 'x', true);
  if (!Number.isFinite(x) || x < bbox.left || x > bbox.left + bbox.width) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.fillStyle = cssColor('--text');
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  // Swaps close to each other would write over each other on one line.
  const line = number % 3;
  const onTheLeft = x > bbox.left + bbox.width - 50 * ratio;
  ctx.textAlign = onTheLeft ? 'right' : 'left';
  ctx.fillText(text, x + (onTheLeft ? -4 : 4) * ratio, bbox.top + (12 + 14 * line) * ratio);
  ctx.restore();
}
