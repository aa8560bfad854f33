/**
 * `import '@bn/webgpu/accelerate'`: tfjs's own batch normalization on the webgpu backend, in `tf.batchNorm`, tf.layers and graph
 * models, runs the kernels of this package from then on. `unregisterFusedBatchNorm('webgpu')` of `@bn/core/accelerate` takes it
 * back.
 */
import './index.js';
import { registerFusedBatchNorm } from '@bn/core/accelerate';

registerFusedBatchNorm('webgpu');
