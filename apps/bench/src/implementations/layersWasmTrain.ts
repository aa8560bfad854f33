/** tf.layers' LeNet with our convolution, pooling and matmul kernels, without which it cannot train on wasm. */
import '@bn/wasm-train';
import { Unsupported } from '../measuring/serve.js';
import { layersLenetStep } from './layersLenet.js';
import type { Library } from './tfjs.js';

export const layersWasmTrain: Library = {
  model: () => new Unsupported('LeNet only'),
  lenet: layersLenetStep,
};
