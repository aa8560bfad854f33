/**
 * A statistic in float64: the mean, and M2, the sum of squared differences from it, of values that arrive in chunks, each as
 * sums around a float32 shift.
 *
 * With the shift at the mean of what was seen before, a chunk needs only one pass: what float32 rounding loses in
 * sum((x - shift)^2) is small against the merge term that the same distance adds to M2.
 *
 * Of values with an infinite one the mean is infinite, and M2 is NaN.
 *
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */
import { first, pair, second } from './pair';
import { DOUBLE } from './vector';

/** [mean, M2] of n values, of sums = [sum(x - shift), sum((x - shift)^2)]. */
export function statisticOf(n: f64, shift: f64, sums: v128): v128 {
  const average = first(sums) / n;
  return pair(shift + average, second(sums) - first(sums) * average);
}

/** [mean, M2] of `count` values with the statistic `a`, and `n` more with the statistic `b`. */
export function merge(count: f64, a: v128, n: f64, b: v128): v128 {
  const weight = n / (count + n);
  const delta = first(b) - finite(first(a));
  return pair(first(a) + delta * weight, second(a) + second(b) + delta * delta * count * weight);
}

/**
 * A mean that values lie around, or 0 for one that is infinite or NaN: values lie at no finite distance from that, and the distances
 * would be NaN. Its difference from itself is NaN then.
 */
export function finite(mean: f64): f64 {
  return mean - mean === 0 ? mean : 0;
}

/** The same for two means. */
export function twoFinite(means: v128): v128 {
  const nothing = f64x2.sub(means, means);
  return v128.and(means, f64x2.eq(nothing, nothing));
}

/** The same for four means in float32. */
export function fourFinite(means: v128): v128 {
  const nothing = f32x4.sub(means, means);
  return v128.and(means, f32x4.eq(nothing, nothing));
}

/**
 * The same merge for the statistics in float64 arrays, padded to four entries; `mean` and `m2` take the result. Two vectors at a time
 * take two thirds of the time of one.
 */
export function mergeArrays(
  count: f64,
  mean: usize,
  m2: usize,
  n: f64,
  otherMean: usize,
  otherM2: usize,
  length: i32,
): void {
  const meanWeight = f64x2.splat(n / (count + n));
  const m2Weight = f64x2.splat((count * n) / (count + n));
  for (let i: i32 = 0; i < length; i += 4) {
    const at = <usize>i * DOUBLE;
    const earlier0 = v128.load(mean + at);
    const earlier1 = v128.load(mean + at, 16);
    const delta0 = f64x2.sub(v128.load(otherMean + at), twoFinite(earlier0));
    const delta1 = f64x2.sub(v128.load(otherMean + at, 16), twoFinite(earlier1));
    const between0 = f64x2.mul(f64x2.mul(delta0, delta0), m2Weight);
    const between1 = f64x2.mul(f64x2.mul(delta1, delta1), m2Weight);
    const within0 = f64x2.add(v128.load(m2 + at), v128.load(otherM2 + at));
    const within1 = f64x2.add(v128.load(m2 + at, 16), v128.load(otherM2 + at, 16));
    v128.store(mean + at, f64x2.add(earlier0, f64x2.mul(delta0, meanWeight)));
    v128.store(mean + at, f64x2.add(earlier1, f64x2.mul(delta1, meanWeight)), 16);
    v128.store(m2 + at, f64x2.add(within0, between0));
    v128.store(m2 + at, f64x2.add(within1, between1), 16);
  }
}

/** The biased variance; rounding can leave M2 a little below 0. NaN stays NaN. */
export function varianceOf(m2: f64, count: f64): f64 {
  return max<f64>(m2 / count, 0);
}
