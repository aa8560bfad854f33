/**
 * y = x as another type. Where x has that type already, y shares x's data, as Identity does: nothing is read or written.
 *
 * tfjs's wasm backend copies there too, and some of its operations (average pooling) end in such a cast. Every real
 * conversion, and strings, go to tfjs.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function cast(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.CastInputs>;
  const { dtype } = args.attrs as unknown as tf.CastAttrs;
  if (x.dtype !== dtype || dtype === 'string') return runOriginal(tf.Cast, args);
  (args.backend as BackendWasm).incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype };
}

export const castConfig: tf.KernelConfig = { kernelName: tf.Cast, backendName: 'wasm', kernelFunc: cast };
