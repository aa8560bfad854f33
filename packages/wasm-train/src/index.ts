/**
 * Training kernels for TensorFlow.js's wasm backend. Importing this package registers them; there is nothing to call.
 */
// First, so that the kernels to replace are there.
import '@tensorflow/tfjs-backend-wasm';
import { kernels, memoryOf } from './backend.js';
import { kernelModule } from './binary.js';
import { registerTrainingKernels } from './register.js';
import { meeting } from './threads.js';

export { kernelVariant, type Variant } from './binary.js';
export { OutOfMemoryError, UnsupportedBackendError } from './errors.js';
export { registerTrainingKernels, trainingKernels, unregisterTrainingKernels } from './register.js';
export { ShapeError } from './shapeError.js';

meeting.library = (backend) => ({ module: kernelModule(memoryOf(backend)), exports: kernels(backend) });
registerTrainingKernels();
