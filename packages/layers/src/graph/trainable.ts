/** A model's `trainable` reaches every layer inside, as in Keras. tfjs passes it to the weights of the model's direct layers. */
import type { Layer } from './calls.js';

/** Layers whose state depends on their own flag. */
const followers = new WeakSet<Layer>();

/** From now on the `trainable` of a model around this layer sets that of the layer. */
export function followModels(layer: Layer): void {
  followers.add(layer);
}

/** Models have `layers`, wrappers have `layer`. */
export function setTrainableInside(outer: Layer, trainable: boolean): void {
  const { layers = [], layer } = outer as { layers?: Layer[]; layer?: Layer };
  for (const inner of layer === undefined ? layers : [layer]) {
    if (followers.has(inner)) inner.trainable = trainable;
    else setTrainableInside(inner, trainable);
  }
}
