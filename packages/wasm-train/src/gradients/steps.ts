/**
 * Functions that only ever jump: their slope is 0 everywhere that they have one.
 *
 * tfjs passes the gradient through a cast to int32 or bool and through the rounding of a quotient, and has no gradient
 * for comparisons, which refuses every loss that chooses by one, `tf.where(tf.greater(x, 0), ...)` say.
 */
import * as tf from '@tensorflow/tfjs-core';

const zeros = (x: tf.Tensor) => tf.zeros(x.shape, 'float32');

function flatGradient(kernelName: string, inputs: string[]): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_dy, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => zeros(saved[i]!)])),
  };
}

const ofPairs = [
  tf.Equal,
  tf.FloorDiv,
  tf.Greater,
  tf.GreaterEqual,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.LogicalOr,
  tf.NotEqual,
];

const castGradient: tf.GradConfig = {
  kernelName: tf.Cast,
  gradFunc: (dy, _saved, attrs) => {
    const upstream = dy as tf.Tensor;
    const { dtype } = attrs as unknown as tf.CastAttrs;
    const isStep = dtype === 'int32' || dtype === 'bool';
    return { x: () => (isStep ? zeros(upstream) : tf.clone(upstream)) };
  },
};

export const stepGradients: readonly tf.GradConfig[] = [
  ...ofPairs.map((kernelName) => flatGradient(kernelName, ['a', 'b'])),
  ...[tf.All, tf.Any, tf.LogicalNot].map((kernelName) => flatGradient(kernelName, ['x'])),
  castGradient,
];
