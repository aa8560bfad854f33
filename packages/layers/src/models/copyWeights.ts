/** Weights of a copied layer: values, names, and whether they are trained. */
import { OptionError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

type Layer = tfl.layers.Layer;

/** In the order in which the layer has made them, whatever is trainable of them. */
const weightsOf = (layer: Layer): tfl.LayerVariable[] => [...layer.weights].sort((a, b) => a.id - b.id);

/** By `assign`, since `write` applies the constraint of the weight. The value is shared, not copied. */
export function assignValue(weight: tfl.LayerVariable, value: tf.Tensor): void {
  (weight.read() as tf.Variable).assign(value);
}

/** The name under which a weight is saved. tfjs makes it of the name scopes that are open when a layer is built. */
export function rename(weight: tfl.LayerVariable, originalName: string): void {
  (weight as { originalName: string }).originalName = originalName;
}

/** Weight by weight in that order, and which are trained. Weights that only the copy has stay as they are. */
export function copyCommonWeights(original: Layer, copy: Layer): void {
  if (copy.trainable !== original.trainable) copy.trainable = original.trainable;
  const made = weightsOf(copy);
  weightsOf(original).forEach((given, i) => {
    const weight = made[i]!;
    assignValue(weight, given.read());
    rename(weight, given.originalName);
    weight.trainable = given.trainable;
  });
}

/** @throws OptionError if the config of the layer does not make the same weights again. */
export function copyWeights(name: string, path: string, original: Layer, copy: Layer): void {
  const [given, made] = [weightsOf(original), weightsOf(copy)];
  const shapes = (weights: tfl.LayerVariable[]) => weights.map(({ shape }) => `[${shape}]`).join(' ');
  if (shapes(given) !== shapes(made)) {
    throw new OptionError(
      `${name}: layer '${path}' cannot be copied: the weights of a ${original.getClassName()} that is made from its config have the ` +
        `shapes ${shapes(made) || 'of none'}, and those of the layer ${shapes(given) || 'none'}; correct its getConfig`,
    );
  }
  copyCommonWeights(original, copy);
}
