/** A uPlot plugin: a dashed vertical where a run's backend was swapped, with the name of the new one. */
import type uPlot from 'uplot';
import type { RunRecord } from '../state/runRecord.js';
import { cssColor, runColor } from './colors.js';

/** Lines that names are written on, from the top; one that fits on none of them is left out. */
const lines = 8;
/** In CSS pixels. */
const lineHeight = 14;
const gap = 4;

/** Where a name is written, in pixels of the canvas. */
interface Place {
  readonly line: number;
  readonly left: number;
  readonly right: number;
}

/** @param runs those that are shown, asked for at each drawing */
export function swapMarks(runs: () => readonly RunRecord[]): uPlot.Plugin {
  return {
    hooks: {
      draw(plot) {
        const taken: Place[] = [];
        for (const { swaps, color } of runs()) {
          for (const { at, to } of swaps) mark(plot, at, to, runColor(color), taken);
        }
      },
    },
  };
}

function mark(plot: uPlot, at: number, text: string, color: string, taken: Place[]): void {
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
  ctx.textAlign = 'left';
  const place = freePlace(x, ctx.measureText(text).width, plot, taken);
  if (place) {
    taken.push(place);
    ctx.fillText(text, place.left, bbox.top + (12 + lineHeight * place.line) * ratio);
  }
  ctx.restore();
}

/** Right of the vertical, or left of it at the end of the plot, on the first line where no other name is. */
function freePlace(x: number, width: number, { bbox }: uPlot, taken: readonly Place[]): Place | undefined {
  const space = gap * devicePixelRatio;
  const isAtEnd = x + space + width > bbox.left + bbox.width;
  const left = isAtEnd ? x - space - width : x + space;
  const right = left + width;
  const line = Array.from({ length: lines }, (_, number) => number).find((number) =>
    taken.every(
      (other) => other.line !== number || other.right + space <= left || right + space <= other.left,
    ),
  );
  return line === undefined ? undefined : { line, left, right };
}
