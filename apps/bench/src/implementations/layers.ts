/** tf.layers, which has batch and layer normalization. */
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { epsilon } from '../grid/operations.js';
import { storedShape } from '../grid/shapes.js';
import { Unsupported } from '../measuring/serve.js';
import { layersLenetStep } from './layersLenet.js';
import type { Library, Model } from './tfjs.js';

export const layers: Library = {
  model(task) {
    if (task.operation === 'batchNormLayer') {
      if (task.dataFormat === 'channelsFirst')
        return new Unsupported('measured with channels last, its default');
      return modelOf(task, tf.layers.batchNormalization({ epsilon, axis: -1 }));
    }
    if (task.operation === 'layerNorm') return modelOf(task, tf.layers.layerNormalization({ epsilon }));
    return new Unsupported('BatchNorm layers and LayerNorm only');
  },
  lenet: layersLenetStep,
};

function modelOf({ shape, dataFormat }: Case, layer: tf.layers.Layer): Model {
  layer.build(storedShape(shape, dataFormat));
  return {
    parameters: layer.trainableWeights.map((weight) => weight.read()),
    forward: (x) => layer.apply(x, { training: true }) as tf.Tensor,
    inference: (x) => layer.apply(x, { training: false }) as tf.Tensor,
    dispose: () => void tf.dispose(layer.weights.map((weight) => weight.read())),
  };
}
