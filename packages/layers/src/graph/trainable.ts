/**
 * A model's `trainable` reaches every layer inside, as in Keras. tfjs passes it to the weights of the model's direct layers, so
 * that those of a nested model, a wrapper or a recurrent layer go on training in a model that is built on its outputs.
 */
import type { Layer } from './calls.js';

/** Layers whose state depends on their own flag. */
const followers = new WeakSet<Layer>();

/** From now on the `trainable` of a model around this layer sets that of the layer. */
export function followModels(layer: Layer): void {
  followers.add(layer);
}

/** What is in a layer: the layers of a model, of a wrapper, of each direction, the cell of a recurrent layer, stacked cells. */
interface Parts {
  readonly layers?: readonly Layer[];
  readonly layer?: Layer;
  readonly forwardLayer?: Layer;
  readonly backwardLayer?: Layer;
  readonly cell?: Layer;
  readonly cells?: readonly Layer[];
}

function layersInside(outer: Layer): Layer[] {
  const { layers = [], layer, forwardLayer, backwardLayer, cell, cells = [] } = outer as Parts;
  const single = [layer, forwardLayer, backwardLayer, cell].filter((inner) => inner !== undefined);
  return [...layers, ...single, ...cells];
}

/**
 * Sets the flag of layers that follow models, and of the weights of all others, as tfjs does for direct layers. A larger model that
 * goes on from this one's outputs asks its layers and their weights, and never the models that these layers came from.
 */
export function setTrainableInside(outer: Layer, trainable: boolean): void {
  for (const inner of layersInside(outer)) {
    if (followers.has(inner)) inner.trainable = trainable;
    else {
      for (const weight of weightsOf(inner)) weight.trainable = trainable;
      setTrainableInside(inner, trainable);
    }
  }
}

/** Those that the layer was made to train, whether or not they are frozen now. */
const weightsOf = (layer: Layer): readonly { trainable: boolean }[] =>
  (layer as unknown as { _trainableWeights: { trainable: boolean }[] })._trainableWeights;
