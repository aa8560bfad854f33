/** How results are measured against the truth. */
import { expect } from 'vitest';

/** Half the distance from 1 to the next float32: what rounding to float32 costs at most, relatively. */
export const roundoff = 2 ** -24;

/** Largest magnitude in some arrays, 0 where they are empty. */
export function largest(...arrays: (ArrayLike<number> | undefined)[]): number {
  let result = 0;
  for (const array of arrays) {
    for (let i = 0; i < (array?.length ?? 0); i++) result = Math.max(result, Math.abs(array![i]!));
  }
  return result;
}

/** Largest difference between two arrays and where it is; NaN where one has a NaN or an infinity that the other has not. */
export function largestDifference(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
): { error: number; at: number } {
  expect(got.length, 'number of elements').toBe(wanted.length);
  let result = { error: 0, at: 0 };
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], wanted[i])) continue;
    const error = Math.abs(got[i]! - wanted[i]!);
    if (Number.isNaN(error)) return { error, at: i };
    if (error > result.error) result = { error, at: i };
  }
  return result;
}

/** Fails where an element of `got` is farther than `tolerance` from that of `wanted`, and says which. */
export function expectClose(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const { error, at } = largestDifference(got, wanted);
  expect(
    error,
    `${what}: element ${at} is ${got[at]}, wanted ${wanted[at]} within ${tolerance}`,
  ).toBeLessThanOrEqual(tolerance);
}

/** Fails where the arrays differ in any bit (NaN equals NaN). */
export function expectSame(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(got.length, `${what}: number of elements`).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    if (!Object.is(got[i], wanted[i])) {
      expect.fail(`${what}: element ${i} is ${got[i]}, wanted exactly ${wanted[i]}`);
    }
  }
}

/** Fails where an element is NaN or infinite. */
export function expectFinite(got: ArrayLike<number>, what: string): void {
  for (let i = 0; i < got.length; i++) {
    if (!Number.isFinite(got[i])) expect.fail(`${what}: element ${i} is ${got[i]}, wanted a finite number`);
  }
}
