/**
 * Mean and variance that grow by merging (Chan, Golub, LeVeque). `variance` is the mean of squares, not their sum: it stays in
 * range as long as the variance itself does.
 *
 * - merged: n = na + nb, mean = mean_a + (mean_b - mean_a) nb / n,
 *   variance = variance_a na / n + variance_b nb / n + (mean_b - mean_a)^2 na nb / n^2.
 */
const merge = (name: string, type: string, value: string): string => `
struct ${type} { mean: ${value}, variance: ${value}, count: f32 }
fn ${name}(a: ${type}, b: ${type}) -> ${type} {
  let count = a.count + b.count;
  if (count == 0.0) { return a; }
  let share = b.count / count;
  let delta = b.mean - a.mean;
  return ${type}(
    a.mean + delta * share,
    a.variance * (1.0 - share) + b.variance * share + (delta * share) * (delta * (1.0 - share)),
    count,
  );
}
`;

/** Of scalars: `Moments`, `merged`. */
export const moments = merge('merged', 'Moments', 'f32');

/** Of each lane of F by itself: `LaneMoments`, `mergedLanes`. */
export const laneMoments = merge('mergedLanes', 'LaneMoments', 'F');

/** All lanes of F together: `joined(lanes)`. */
export const joinedLanes = (vector: boolean): string =>
  vector
    ? `
fn joined(lanes: LaneMoments) -> Moments {
  let mean = dot(lanes.mean, vec4<f32>(0.25));
  let off = lanes.mean - mean;
  return Moments(mean, dot(lanes.variance, vec4<f32>(0.25)) + dot(off * off, vec4<f32>(0.25)), 4.0 * lanes.count);
}
`
    : `
fn joined(lanes: LaneMoments) -> Moments { return Moments(lanes.mean, lanes.variance, lanes.count); }
`;
