/** The weights of a layer or model, as variables, and numbers for them that are the same on every backend. */
import * as tf from '@tensorflow/tfjs';
import type { Values } from '../table/case.js';
import { positive, signed } from '../table/values.js';

/** Weights that a layer keeps: tfjs types their variable as protected. */
type LayerVariable = { val: tf.Variable };

export const variableOf = (weight: tf.layers.Layer['weights'][number]): tf.Variable =>
  (weight as unknown as LayerVariable).val;

/** Numbers that a weight of this kind can have, none of them zero; of `scale` at most, if they are not variances. */
function weightValues({ name, shape }: tf.Variable, scale: number, seed: number): Values {
  const size = shape as number[];
  if (/variance/.test(name)) return positive(size, seed);
  const { values } = signed(size, seed);
  return { shape: size, values: values.map((value) => value * scale) };
}

/** Gives all weights of a built layer or model numbers. `scaleOf` says how large, from the shape. */
export function fillWeights(layer: tf.layers.Layer, scaleOf: (shape: number[]) => number): void {
  layer.weights.forEach((weight, i) => {
    const variable = variableOf(weight);
    const { shape, values } = weightValues(variable, scaleOf(variable.shape), i + 11);
    tf.tidy(() => variable.assign(tf.tensor(values, shape)));
  });
}
