/** The check of what must be a whole model. */
import { DisposedError, OptionError } from '@bn/core';
import * as tfl from '@tensorflow/tfjs-layers';

/** @throws OptionError for something that is no model; DisposedError for one that was disposed. */
export function checkModel(name: string, model: tfl.LayersModel): void {
  if (!(model instanceof tfl.LayersModel)) {
    const hint =
      (model as object) instanceof tfl.layers.Layer
        ? 'a single layer; make a model of it with tf.sequential'
        : typeof model;
    throw new OptionError(
      `${name}: model must be a LayersModel (tf.model, tf.sequential, tf.loadLayersModel), got ${hint}`,
    );
  }
  try {
    for (const weight of model.weights) weight.read();
  } catch (cause) {
    throw new DisposedError(`${name}: model '${model.name}' was disposed`, { cause });
  }
}
