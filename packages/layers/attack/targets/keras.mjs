import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { registerKerasLayers } from '../../dist/index.js';

registerKerasLayers();
await useBackend('cpu');

const layers = [
  [
    'BatchNormalization',
    { axis: -1, momentum: 0.9, epsilon: 0.001, beta_initializer: { class_name: 'Zeros', config: {} } },
  ],
  [
    'LayerNormalization',
    { axis: [-1], epsilon: 0.001, gamma_regularizer: { class_name: 'L2', config: { l2: 0.1 } } },
  ],
  ['GroupNormalization', { groups: 2, axis: -1, beta_constraint: { class_name: 'NonNeg', config: {} } }],
  ['RMSNormalization', { axis: -1, epsilon: 1e-6 }],
];

export const isJson = true;
export const corpus = layers.map(([class_name, config]) =>
  new TextEncoder().encode(
    JSON.stringify({
      class_name,
      config: { name: 'norm', trainable: true, batch_input_shape: [null, 3, 4], ...config },
    }),
  ),
);

/** Errors that tell of a fault in the code and nothing of the file. */
const raw =
  /is not iterable|is not a function|Cannot (read|set|convert)|undefined \(|Maximum call stack|Invalid array length/;
/** Ours name the layer or the option; what is wrong with the model around it is tfjs's to say. */
const ours = /packages\/(layers|core)\//;

/** A model of one layer: only what is in the layer's own entry is changed. */
export const accept = async (bytes) => {
  const layer = JSON.parse(await textOf(bytes));
  const model = {
    class_name: 'Sequential',
    config: { name: 'model', layers: [layer] },
    keras_version: '2.15.0',
    backend: 'tensorflow',
  };
  try {
    const loaded = await tf.loadLayersModel({
      load: async () => ({ modelTopology: { model_config: model } }),
    });
    const y = loaded.predict(tf.ones([2, 3, 4]));
    tf.dispose(y);
    loaded.dispose();
    return true;
  } catch (error) {
    const at = error.stack.split('\n').find((line) => line.includes('    at ')) ?? '';
    if (error.message === '' || (raw.test(error.message) && ours.test(at))) throw error;
    return false;
  } finally {
    tf.disposeVariables();
  }
};

const textOf = (bytes) => {
  const text = new TextDecoder().decode(bytes);
  try {
    JSON.parse(text);
    return text;
  } catch {
    // JSON that is none never comes to a layer.
    return '{}';
  }
};
