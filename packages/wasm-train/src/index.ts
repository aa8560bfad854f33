/**
 * Training kernels for TensorFlow.js's wasm backend. Importing this package registers them; there is nothing to call.
 */
import { registerTrainingKernels } from './register.js';

export { OutOfMemoryError, UnsupportedBackendError } from '@bn/wasm-heap';
export { kernelVariant, type Variant } from './library.js';
export { registerTrainingKernels, trainingKernels, unregisterTrainingKernels } from './register.js';
export { ShapeError } from './shapeError.js';

registerTrainingKernels();
