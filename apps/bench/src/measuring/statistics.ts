/**
 * Statistics of timings, free of assumptions on their distribution: the interval of a median from the ranks of
 * the sample. A round is one sample, and rounds are spread over the whole run, so that what drifts with the machine is inside
 * the interval. Source: W. R. Thompson, "On confidence ranges for the median and other expectation distributions for
 * populations of unknown distribution form" (1936); T. Hoefler and R. Belli, "Scientific benchmarking of parallel computing
 * systems" (SC 2015), rules 5 to 8.
 */

import { median } from '@bn/tooling/median';

/** Holds the median of the population with the probability `confidence`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/** The confidence that is asked for. */
export const wantedConfidence = 0.95;

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The mean of ratios: as far above half as below double. NaN for none. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/**
 * The shortest interval between two ranks that holds the population's median with at least the wanted confidence, the same
 * number of values outside on either side. Each value lies below the median with probability 1/2, so that the interval from
 * the k-th smallest to the k-th largest of n has confidence 1 - 2 P(Binomial(n, 1/2) < k). With fewer than six values not
 * even all of them reach 95%: then it is from the smallest to the largest, with the confidence that this has. Undefined for
 * fewer than two values.
 */
export function medianInterval(
  values: readonly number[],
  confidence = wantedConfidence,
): Interval | undefined {
  const n = values.length;
  if (n < 2) return undefined;
  const sorted = ascending(values);
  let outside = 0;
  while (coverage(n, outside + 1) >= confidence) outside++;
  return { low: sorted[outside]!, high: sorted[n - 1 - outside]!, confidence: coverage(n, outside) };
}

/**
 * How wide the middle half of the values is, as a part of their median: from the median of the lower half to that of the upper
 * half, each with the median among them if their number is odd (Tukey, "Exploratory data analysis", 1977). What one value in
 * five does, however far away, does not show in it.
 */
export function middleSpread(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = Math.ceil(sorted.length / 2);
  return (median(sorted.slice(-half)) - median(sorted.slice(0, half))) / median(sorted);
}

/** Probability that the median lies between two ranks of n values with `outside` values beyond each. */
function coverage(n: number, outside: number): number {
  let binomial = 1;
  let below = 0;
  for (let k = 0; k <= outside; k++) {
    below += binomial;
    binomial = (binomial * (n - k)) / (k + 1);
  }
  return 1 - 2 * below * 0.5 ** n;
}

/** Milliseconds by round; null if a round has none. */
export type Rounds = readonly (number | null)[];

export const present = (rounds: Rounds): number[] =>
  rounds.filter((value): value is number => value !== null);

/**
 * `numerator / denominator` round by round: what was measured within moments of each other has the same machine around it,
 * so that drift cancels.
 */
export function pairedRatios(numerator: Rounds, denominator: Rounds): number[] {
  return numerator.flatMap((value, round) => {
    const other = denominator[round] ?? null;
    return value === null || other === null ? [] : [value / other];
  });
}

export const overlap = (a: Interval, b: Interval): boolean => a.low <= b.high && b.low <= a.high;
