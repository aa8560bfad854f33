/**
 * y[...][k] = onValue if k is indices[...], offValue if not; an index outside of 0 to depth - 1 has no onValue.
 *
 * indices int32, y of any type. Reads indices once, writes y once. tfjs's kernel writes int32 whatever the type of y is: values
 * of float32 are wrong, and for bool it writes beyond the end of y.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { elementsOf, filled } from '../elements.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

function oneHot(args: KernelArguments): KernelResult {
  const { indices } = args.inputs as Inputs<tf.OneHotInputs>;
  const { dtype, depth, onValue, offValue } = args.attrs as unknown as tf.OneHotAttrs;
  const backend = args.backend as BackendWasm;
  return filled(args, [...indices.shape, depth], dtype, (y) => {
    const places = elementsOf(backend, indices);
    y.fill(offValue);
    places.forEach((place, i) => {
      if (place >= 0 && place < depth) y[i * depth + place] = onValue;
    });
  });
}

export const oneHotConfig: tf.KernelConfig = {
  kernelName: tf.OneHot,
  backendName: 'wasm',
  kernelFunc: oneHot,
};
