/** A whole model whose batch norm layers stay what they are while the rest is trained. */
import type * as tfl from '@tensorflow/tfjs-layers';
import { freezeOwnOfTfjs } from '../batchNormalizationOfTfjs.js';
import { checkLayer, isOwnOfTfjs, knownBatchNorms } from './batchNormLayers.js';
import { guardOptimizerState } from './optimizerState.js';

const name = 'freezeBatchNorms';

/**
 * Freezes all batch norm layers of a model, as fine-tuning with few or small batches wants it: in training they normalize with their
 * moving statistics, as in `predict`, these do not move, and gamma and beta are not trained. It takes the layers of this
 * package and of tf.layers, in nested models and wrappers too, and changes the model itself: every layer gets `trainable = false`,
 * and those of tf.layers, which would go on to train their statistics, obey it from now on as Keras' do.
 *
 * To undo it: `for (const layer of batchNormLayers(model)) layer.trainable = true`. The state `trainable` is saved with the model, but layers of
 * tf.layers must be frozen again after loading.
 *
 * A model that is compiled may be trained on at once, with Adam and the like too: the optimizer passes over the frozen weights, and keeps
 * the state of the others. tfjs then warns at `fit` of weights that are not trained. If the model is compiled again it needs a
 * new optimizer, since one that has taken steps keeps its state by the positions of weights. After the first call of this function
 * `compile`, and `save` with the optimizer, refuse an optimizer whose state is that of other weights (OptionError).
 *
 * @param model or a single layer.
 * @returns the model.
 * @throws OptionError, before anything is changed, for something that is no model, and for a batch norm layer that is neither of this
 * package nor of tf.layers.
 *
 * @example
 * ```ts
 * const dense = tf.layers.dense({ units: 4, inputShape: [2] });
 * const model = freezeBatchNorms(tf.sequential({ layers: [dense, new BatchNormalization()] }));
 * console.log(model.trainableWeights.length); // 2
 * ```
 */
export function freezeBatchNorms<M extends tfl.layers.Layer>(model: M): M {
  checkLayer(name, model);
  const layers = knownBatchNorms(name, model, 'it is not known how to freeze it');
  guardOptimizerState();
  for (const layer of layers) {
    if (isOwnOfTfjs(layer)) freezeOwnOfTfjs(layer);
    layer.trainable = false;
  }
  return model;
}
