/** What the axes of our plots show. */
import type { Line } from './panel.js';

/** More labels than this on the axis of epochs would run into each other. */
const maximumEpochTicks = 10;

/** From the tenth below all of them to 1. */
export function accuracyDomain(lines: readonly Line[]): [number, number] {
  const all = lines.flatMap(({ points }) => points.map(({ y, low = y }) => low));
  return [Math.floor(Math.min(1, ...all) * 10) / 10, 1];
}

/** Whole epochs, the first and the last among them where they are few. */
export function epochTicks(epochs: number): number[] {
  const step = Math.ceil(epochs / maximumEpochTicks);
  return Array.from({ length: Math.ceil(epochs / step) }, (_, index) => 1 + index * step);
}
