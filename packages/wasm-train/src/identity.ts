/**
 * `import '@bn/wasm-train/identity'`: only the Identity kernel that shares data, for packages whose ops keep large tensors
 * for their gradients. tfjs's own copies each of them.
 */
import '@tensorflow/tfjs-backend-wasm';
import { identityConfig } from './kernels/Identity.js';
import { replaceKernel } from './replace.js';

replaceKernel(identityConfig);
