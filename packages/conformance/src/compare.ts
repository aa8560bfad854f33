/** How results are measured against the truth. */
import { expect } from 'vitest';
import { fartherThan } from './differences.js';

export { largest, largestDifference, roundoff } from './differences.js';

/** Fails if an element of `got` is farther than `tolerance` from that of `wanted`, and says which. */
export function expectClose(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const problem = fartherThan(tolerance, got, wanted, what);
  if (problem !== undefined) expect.fail(problem);
}

/** Fails if the arrays differ in any bit (NaN equals NaN). */
export function expectSame(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(got.length, `${what}: number of elements`).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) {
    if (!Object.is(got[i], wanted[i])) {
      expect.fail(`${what}: element ${i} is ${got[i]}, wanted exactly ${wanted[i]}`);
    }
  }
}

/** Fails if an element is NaN or infinite. */
export function expectFinite(got: ArrayLike<number>, what: string): void {
  for (let i = 0; i < got.length; i++) {
    if (!Number.isFinite(got[i])) expect.fail(`${what}: element ${i} is ${got[i]}, wanted a finite number`);
  }
}
