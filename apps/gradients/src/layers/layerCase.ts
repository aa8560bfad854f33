/** A case of a layer: the gradients are taken in its inputs and all of its trainable weights. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, type Values, variable } from '../table/case.js';
import { fillWeights, variableOf } from './weights.js';

type Layer = tf.layers.Layer;

interface Options {
  /** How the layer is called; by default with its inputs, in training. */
  call?: (layer: Layer, inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
}

/** tf.layers' noise asks Math.random for a seed; one seed makes it the same on every backend and in every call. */
function withoutChance<T>(run: () => T): T {
  const random = Math.random;
  Math.random = () => 0.25;
  try {
    return run();
  } finally {
    Math.random = random;
  }
}

const inTraining = (layer: Layer, inputs: tf.Tensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs, { training: true }) as tf.Tensor | tf.Tensor[];

/** All outputs as one tensor, so that each of them is checked. */
function joined(outputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(outputs) ? tf.concat(outputs.map((output) => tf.reshape(output, [-1]))) : outputs;
}

export function layerCase(
  name: string,
  makeLayer: () => Layer,
  inputs: Values[],
  { call = inTraining }: Options = {},
): GradientCase {
  return {
    name,
    make: () => {
      const layer = makeLayer();
      const made = inputs.map(variable);
      const compute = () => withoutChance(() => joined(call(layer, made)));
      // The first call builds the weights.
      tf.tidy(compute);
      fillWeights(layer, () => 0.6);
      return {
        variables: [...made, ...layer.trainableWeights.map(variableOf)],
        compute,
        dispose: () => {
          tf.dispose(made);
          tf.dispose(layer.weights.map(variableOf));
        },
      };
    },
  };
}
