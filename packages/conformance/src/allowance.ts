/** How far a right float32 result may be from float64, for inputs that are not golden cases. */
import { largest, roundoff } from './differences.js';
import { weightsOf } from './masks.js';
import { channelCount, type Inputs, type Operation } from './operation.js';
import { referenceForward } from './reference.js';

export interface Allowance {
  readonly y: number;
  readonly dx: number;
  readonly dGamma: number;
  readonly dBeta: number;
  readonly mean: number;
  readonly variance: number;
}

/** Roundings that may add up on the way to a result: four in the last formula, the rest in sums over blocks. */
const roundings = 16;

/**
 * Absolute errors allowed. A mean that is rounded to float32 moves xhat by up to 2^-24 |mean| rstd, so every tolerance
 * grows with the largest |mean| rstd of the data; sums over n terms grow with sqrt(n), as random roundings do. From sums over
 * all of a channel an element gets the share of its weight in dx, so that dx grows with the largest share in units of 1 / n.
 */
export function allowanceFor(operation: Operation, inputs: Inputs, tolerance: number): Allowance {
  const { epsilon = 1e-5 } = operation;
  const { gamma = [1], beta = [0], ...plain } = inputs;
  const { x, dy, mask } = plain;
  const { mean, variance } = referenceForward(operation, inputs);
  const rstd = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const xhat = largest(referenceForward(operation, plain).y);
  const condition = 1 + largest(mean.map((value, s) => value * rstd[s]!));
  const unit = tolerance * roundings * roundoff;
  const terms = Math.sqrt(x.length / channelCount(operation));
  const maxDy = largest(dy);
  const weights = weightsOf(operation, mask);
  const total = weights.reduce((a, b) => a + b, 0);
  const share = total > 0 ? (largest(weights) * x.length) / total : 1;
  const counted = x.filter((_, i) => weights[i]! > 0);
  return {
    y: unit * (condition * (1 + xhat) * largest(gamma) + largest(beta)),
    dx: unit * condition * (1 + xhat) ** 2 * largest(rstd) * largest(gamma) * maxDy * share,
    dGamma: unit * condition * (1 + xhat) * maxDy * terms,
    dBeta: unit * maxDy * terms,
    mean: unit * largest(counted),
    variance: unit * largest(variance) + (unit * largest(counted)) ** 2,
  };
}

/**
 * Allowed for the variance of a batch in shards, beside what one process may be off by: every member's mean comes rounded to float32,
 * which moves the difference between means, and the variance by up to twice its product with the deviation.
 */
export const varianceOfShards = (x: Float32Array, variance: Float64Array, tolerance: number): number =>
  8 * tolerance * roundoff * largest(x) * Math.sqrt(largest(variance));
