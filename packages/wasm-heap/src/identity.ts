/**
 * y = x, sharing x's data: nothing is read, nothing is written.
 *
 * tfjs's wasm backend copies here, which a training step pays for every tensor that the tape keeps. Sharing is safe
 * because no kernel writes to its inputs and no tensor's data changes: a Variable's `assign` takes the new tensor's
 * data and drops the old one's. Reshape shares in the same way on every backend, and so does Identity on tfjs's cpu,
 * webgl and webgpu backends. Strings, which do not live on the heap, go to tfjs.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type KernelArguments, type KernelResult, runOriginal } from './original.js';
import { replaceKernel } from './replace.js';

function identity(args: KernelArguments): KernelResult {
  const x = args.inputs.x!;
  if (x.dtype === 'string') return runOriginal(tf.Identity, args);
  (args.backend as BackendWasm).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

const identityConfig: tf.KernelConfig = {
  kernelName: tf.Identity,
  backendName: 'wasm',
  kernelFunc: identity,
};

/** From here on Identity on tfjs's wasm backend shares data; `onSetup` is called whenever that becomes the current one. */
export function shareIdentity(onSetup: (backend: BackendWasm) => void): void {
  replaceKernel(identityConfig, (backend) => onSetup(backend as BackendWasm));
}
