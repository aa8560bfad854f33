/**
 * y = x as another type. Where x has that type already, y shares x's data, as Identity does: nothing is read or written.
 *
 * tfjs's wasm backend copies there too, and some of its operations (average pooling) end in such a cast. Every real
 * other conversion, and strings, go to tfjs. As bool, y is whether x is not 0: tfjs keeps the lowest byte of the number, and so has
 * 0.5 and 256 as false.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { mapped } from '../elements.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function cast(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.CastInputs>;
  const { dtype } = args.attrs as unknown as tf.CastAttrs;
  if (dtype === 'bool' && x.dtype !== 'bool' && x.dtype !== 'string') {
    return mapped(args, x, dtype, (value) => (value === 0 ? 0 : 1));
  }
  if (x.dtype !== dtype || dtype === 'string') return runOriginal(tf.Cast, args);
  (args.backend as BackendWasm).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype };
}

export const castConfig: tf.KernelConfig = { kernelName: tf.Cast, backendName: 'wasm', kernelFunc: cast };
