/** The constants of the model from what was measured. Fits minimize the squares of relative errors: 10 us count as much as 10 ms. */
import type { Link, Work } from './model.js';
import { travelTime } from './model.js';
import type { LinkTimes, StepTime, ValuesTime } from './results.js';
import { averageTraffic, gatherTraffic } from './traffic.js';

/** Links are measured with as many. */
const ranks = 2;

/** A measured y that is to be first * a + second * b. */
interface Point {
  readonly a: number;
  readonly b: number;
  readonly y: number;
}

/**
 * The pair, neither below 0, that minimizes the sum of ((first a + second b - y) / y)^2, by the normal equations.
 *
 * @throws RangeError if the points do not tell the two apart.
 */
export function fitPair(points: readonly Point[]): { readonly first: number; readonly second: number } {
  const total = (term: (point: Point) => number) => points.reduce((sum, point) => sum + term(point), 0);
  const [aa, ab, bb] = [
    total(({ a, y }) => (a / y) ** 2),
    total(({ a, b, y }) => (a * b) / y ** 2),
    total(({ b, y }) => (b / y) ** 2),
  ];
  const [ay, by] = [total(({ a, y }) => a / y), total(({ b, y }) => b / y)];
  const determinant = aa * bb - ab * ab;
  if (!(determinant > 1e-12 * aa * bb)) {
    throw new RangeError(
      `fitPair: expected points of at least two directions, got ${JSON.stringify(points)}`,
    );
  }
  const first = (ay * bb - by * ab) / determinant;
  const second = (by * aa - ay * ab) / determinant;
  if (first < 0) return { first: 0, second: by / bb };
  if (second < 0) return { first: ay / aa, second: 0 };
  return { first, second };
}

/** From gathers between two ranks. */
export function fitLink({ gathers }: LinkTimes): Link {
  const { first, second } = fitPair(
    gathers.map(({ values, milliseconds }) => {
      const { messages, bytes } = gatherTraffic(values, ranks);
      return { a: messages, b: bytes, y: milliseconds };
    }),
  );
  return { alpha: first, beta: second };
}

/** Milliseconds of one value of the gradients, beyond what its travel takes, from averages between two ranks; not below 0. */
export function fitPerGradient(averages: readonly ValuesTime[], link: Link): number {
  const terms = averages.map(({ values, milliseconds }) => {
    const rest = milliseconds - travelTime(averageTraffic(values, ranks), link);
    return { above: (values * rest) / milliseconds ** 2, below: (values / milliseconds) ** 2 };
  });
  const total = (name: 'above' | 'below') => terms.reduce((sum, term) => sum + term[name], 0);
  return Math.max(0, total('above') / total('below'));
}

/** From steps of one rank on batches of several sizes. */
export function fitWork(steps: readonly StepTime[]): Work {
  const { first, second } = fitPair(steps.map(({ images, step }) => ({ a: 1, b: images, y: step })));
  return { fixed: first, perImage: second };
}
