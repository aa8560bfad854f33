/** Layer normalization and its gradients in float64, with a gamma and a beta that differ at each place. */
import * as tf from '@tensorflow/tfjs';
import { LayerNormalization } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { apply, over, standardizedValues, valuesOf } from './numbers.js';

interface Parts {
  x: number[];
  gamma: number[];
  beta: number[];
}

/** The place of each element of x in gamma and beta. */
function placesIn(shape: number[], axis: number[]): number[] {
  const strides = tf.util.computeStrides(shape).concat(1);
  return Array.from({ length: tf.util.sizeFromShape(shape) }, (_, flat) =>
    axis.reduce((place, one) => place * shape[one]! + (Math.floor(flat / strides[one]!) % shape[one]!), 0),
  );
}

function start(shape: number[], axis: number[]): Parts {
  const count = axis.reduce((product, one) => product * shape[one]!, 1);
  return {
    x: valuesOf(tf.randomNormal(shape, 0, 1, 'float32', 11)),
    gamma: Array.from({ length: count }, (_, i) => i + 1),
    beta: Array.from({ length: count }, (_, i) => i),
  };
}

function expected({ x, gamma, beta }: Parts, shape: number[], axis: number[], epsilon: number): number[] {
  const places = placesIn(shape, axis);
  return standardizedValues(x, shape, over(axis), epsilon).map(
    (value, i) => value * gamma[places[i]!]! + beta[places[i]!]!,
  );
}

/** A layer with these parameters, for inputs of this shape. */
function layerOf(
  { gamma, beta }: Parts,
  shape: number[],
  axis: number[],
  epsilon: number,
): LayerNormalization {
  const norm = new LayerNormalization({ axis, epsilon });
  norm.build(shape);
  const sizes = axis.map((one) => shape[one]!);
  norm.setWeights([tf.tensor(gamma, sizes), tf.tensor(beta, sizes)]);
  return norm;
}

export function layerNormForward(shape: number[], axis: number[], epsilon: number): void {
  const parts = start(shape, axis);
  const y = apply(layerOf(parts, shape, axis, epsilon), tf.tensor(parts.x, shape));
  expectClose(valuesOf(y), expected(parts, shape, axis, epsilon), 1e-5);
}

/** The gradients of a sum of outputs with weights, against central differences. */
export function layerNormBackward(shape: number[], axis: number[], epsilon: number): void {
  const parts = start(shape, axis);
  const weights = valuesOf(tf.randomNormal(shape, 0, 1, 'float32', 12));
  const norm = layerOf(parts, shape, axis, epsilon);
  const loss = (x: tf.Tensor) => tf.sum(tf.mul(apply(norm, x), tf.tensor(weights, shape))) as tf.Scalar;
  const [gamma, beta] = Object.values(tf.variableGrads(() => loss(tf.tensor(parts.x, shape))).grads);
  const gradients = { x: tf.grad(loss)(tf.tensor(parts.x, shape)), gamma: gamma!, beta: beta! };
  const sum = (changed: Parts) =>
    expected(changed, shape, axis, epsilon).reduce((total, value, i) => total + value * weights[i]!, 0);
  for (const name of ['x', 'gamma', 'beta'] as const) {
    const step = 1e-5;
    const differences = parts[name].map((_, i) => {
      const at = (offset: number) =>
        sum({ ...parts, [name]: parts[name].map((value, k) => (k === i ? value + offset : value)) });
      return (at(step) - at(-step)) / (2 * step);
    });
    expectClose(valuesOf(gradients[name]), differences, 1e-3);
  }
}
