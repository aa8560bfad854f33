/** How far results are from the truth, for programs without a test runner too. */

/** Half the distance from 1 to the next float32: what rounding to float32 costs at most, relatively. */
export const roundoff = 2 ** -24;

/** Largest magnitude in some arrays, 0 if they are empty. */
export function largest(...arrays: (ArrayLike<number> | undefined)[]): number {
  let result = 0;
  for (const array of arrays) {
    for (let i = 0; i < (array?.length ?? 0); i++) result = Math.max(result, Math.abs(array![i]!));
  }
  return result;
}

/**
 * Largest difference between two arrays and where it is; NaN if one has a NaN or an infinity that the other has not.
 *
 * @throws Error if they have different lengths.
 */
export function largestDifference(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
): { error: number; at: number } {
  if (got.length !== wanted.length)
    throw new Error(`number of elements: got ${got.length}, wanted ${wanted.length}`);
  let result = { error: 0, at: 0 };
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], wanted[i])) continue;
    const error = Math.abs(got[i]! - wanted[i]!);
    if (Number.isNaN(error)) return { error, at: i };
    if (error > result.error) result = { error, at: i };
  }
  return result;
}

/** Which element of `got` is farther than `tolerance` from that of `wanted`; undefined if none is. */
export function fartherThan(
  tolerance: number,
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  what: string,
): string | undefined {
  const { error, at } = largestDifference(got, wanted);
  if (error <= tolerance) return undefined;
  return `${what}: element ${at} is ${got[at]}, wanted ${wanted[at]} within ${tolerance}`;
}
