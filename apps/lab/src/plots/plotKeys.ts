/** What keys do on a plot that has the keyboard: arrows, Home and End move its cursor, + and - zoom, Escape shows all. */
import type uPlot from 'uplot';

/** Takes what is to be shown, by the horizontal axis; undefined for all. */
export type OnZoom = (range: readonly [from: number, to: number] | undefined) => void;

/** Points that the cursor goes by with Shift. */
const longStep = 10;
/** The share of what is shown that + leaves. */
const zoomFactor = 0.5;

/** @returns whether the key means something here */
export function plotKeys(plot: uPlot, key: string, shift: boolean, onZoom: OnZoom | undefined): boolean {
  const { x } = plot.scales;
  const { min, max } = x as { min: number; max: number };
  const xs = plot.data[0];
  const inView = Array.from(xs.keys()).filter((index) => xs[index]! >= min && xs[index]! <= max);
  if (inView.length === 0) return false;
  const [first, last] = [inView[0]!, inView.at(-1)!];
  const isThere = (plot.cursor.left ?? -1) >= 0;
  const at = isThere ? (plot.cursor.idx ?? first) : undefined;
  const step = shift ? longStep : 1;
  switch (key) {
    case 'ArrowLeft':
      return moveTo(plot, Math.max(first, at === undefined ? last : at - step));
    case 'ArrowRight':
      return moveTo(plot, Math.min(last, at === undefined ? first : at + step));
    case 'Home':
      return moveTo(plot, first);
    case 'End':
      return moveTo(plot, last);
    case '+':
    case '=': {
      if (onZoom === undefined) return false;
      const middle = at === undefined ? (min + max) / 2 : xs[at]!;
      const half = ((max - min) * zoomFactor) / 2;
      onZoom([Math.max(min, middle - half), Math.min(max, middle + half)]);
      return true;
    }
    case '-':
    case 'Escape':
      if (onZoom === undefined) return false;
      onZoom(undefined);
      return true;
    default:
      return false;
  }
}

function moveTo(plot: uPlot, index: number): true {
  plot.setCursor({ left: plot.valToPos(plot.data[0][index]!, 'x'), top: plot.over.clientHeight / 2 });
  return true;
}
