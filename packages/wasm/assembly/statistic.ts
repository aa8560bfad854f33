/**
 * One running statistic in float64: how many values it has seen, their mean, and M2, the sum of squared differences from
 * that mean. Values arrive in chunks as sums around a float32 shift; chunks merge by Chan's formula.
 *
 * With the shift at the mean of what was seen before, a chunk needs only one pass: what float32 rounding loses in
 * sum((x - shift)^2) is small against the merge term that the same distance adds to M2.
 *
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */

export let count: f64 = 0;
export let mean: f64 = 0;
export let m2: f64 = 0;

export function reset(): void {
  count = 0;
  mean = 0;
  m2 = 0;
}

/** Adds `n` values whose sum(x - shift) and sum((x - shift)^2) are given. */
export function mergeShifted(n: f64, shift: f64, sum: f64, sumOfSquares: f64): void {
  mergeMoments(n, shift + sum / n, sumOfSquares - (sum * sum) / n);
}

/** Adds `n` values of which mean and M2 are known. */
export function mergeMoments(n: f64, otherMean: f64, otherM2: f64): void {
  const total = count + n;
  const delta = otherMean - mean;
  mean += (delta * n) / total;
  m2 += otherM2 + (delta * delta * count * n) / total;
  count = total;
}

/** The biased variance; rounding can leave M2 a little below 0. NaN stays NaN. */
export function variance(): f64 {
  return max<f64>(m2 / count, 0);
}
