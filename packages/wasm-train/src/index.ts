/**
 * Training kernels for TensorFlow.js's wasm backend. Importing this package registers them; there is nothing to call.
 */
// First, so that the kernels to replace are there.
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from './register.js';

export { kernelVariant, type Variant } from './binary.js';
export { OutOfMemoryError, UnsupportedBackendError } from './errors.js';
export { registerTrainingKernels, trainingKernels, unregisterTrainingKernels } from './register.js';

registerTrainingKernels();
