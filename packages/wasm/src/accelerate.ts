/**
 * `import '@bn/wasm/accelerate'`: tfjs's own batch normalization on the wasm backend, in `tf.batchNorm`, tf.layers and graph
 * models, runs the kernels of this package from then on. `unregisterFusedBatchNorm('wasm')` of `@bn/core/accelerate` takes it
 * back.
 */
import './index.js';
import { registerFusedBatchNorm } from '@bn/core/accelerate';

// Below that tfjs's kernel is done before ours is called: by some 5 microseconds of 10.
registerFusedBatchNorm('wasm', { fewestElements: 1024 });
