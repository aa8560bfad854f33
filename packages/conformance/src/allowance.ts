/** How far a right float32 result may be from float64, for inputs that are not golden cases. */
import { largest, roundoff } from './compare.js';
import { channelCount, type Inputs, type Operation } from './operations.js';
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
 * grows with the largest |mean| rstd of the data; sums over n terms grow with sqrt(n), as random roundings do.
 */
export function allowanceFor(operation: Operation, inputs: Inputs, tolerance: number): Allowance {
  const { epsilon = 1e-5 } = operation;
  const { x, dy, gamma = [1], beta = [0] } = inputs;
  const { mean, variance } = referenceForward(operation, inputs);
  const rstd = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const plain = { ...operation, affine: false };
  const { mean: givenMean, variance: givenVariance } = inputs;
  const given = givenMean && givenVariance && { mean: givenMean, variance: givenVariance };
  const xhat = largest(referenceForward(plain, { x, ...given }).y);
  const condition = 1 + largest(mean.map((value, s) => value * rstd[s]!));
  const unit = tolerance * roundings * roundoff;
  const terms = Math.sqrt(x.length / channelCount(operation));
  const maxDy = largest(dy);
  return {
    y: unit * (condition * (1 + xhat) * largest(gamma) + largest(beta)),
    dx: unit * condition * (1 + xhat) ** 2 * largest(rstd) * largest(gamma) * maxDy,
    dGamma: unit * condition * (1 + xhat) * maxDy * terms,
    dBeta: unit * maxDy * terms,
    mean: unit * largest(x),
    variance: unit * largest(variance) + (unit * largest(x)) ** 2,
  };
}
