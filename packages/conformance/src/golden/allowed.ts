/** How far a float32 result is from a golden output, and how far it may be. */
import { largestDifference, roundoff } from '../differences.js';
import type { GoldenOutput } from './reader.js';

/**
 * Errors up to this, and to what rounding the statistics costs, pass even where PyTorch's rounding happened to fall more
 * kindly. A float32 kernel rounds four times on the way to y: x - mean, the factor gamma * rstd, their product, and the
 * sum with beta; each costs up to 2^-24.
 */
export const rounding = 4 * roundoff;

/** The error that a float32 kernel may have: PyTorch's, or what rounding costs. */
export const allowedError = ({ pytorch, statistics }: GoldenOutput): number =>
  Math.max(pytorch, rounding + statistics);

/**
 * max |got - truth| / scale, and the element where it is; NaN if a value is not finite.
 *
 * @throws Error if there are more or fewer values than the output has.
 */
export function differenceFrom(
  { truth, scale }: GoldenOutput,
  got: ArrayLike<number>,
): { error: number; at: number } {
  const { error, at } = largestDifference(got, truth);
  return { error: error / scale, at };
}
