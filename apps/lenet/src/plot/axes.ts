/** What the axes of our plots show. */
/** More labels than this on the axis of epochs would run into each other. */
const maximumEpochTicks = 10;

/** From 0, so that a line at chance stands apart from the axis. */
export const accuracyDomain = [0, 1] as const;

/** Whole epochs, the first and the last among them where they are few. */
export function epochTicks(epochs: number): number[] {
  const step = Math.ceil(epochs / maximumEpochTicks);
  return Array.from({ length: Math.ceil(epochs / step) }, (_, index) => 1 + index * step);
}
