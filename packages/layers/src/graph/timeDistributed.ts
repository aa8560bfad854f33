/** Masks inside of TimeDistributed, which runs `call` of its layer for every step of x, `[N, T, ...]`. */
import * as tf from '@tensorflow/tfjs-core';
import { type Layer, toList } from './calls.js';
import { withMasks } from './masks.js';

/** Runs f, in which `layer.call` is called for each step in turn, and gives each step its part of the mask `[N, T, ...]`. */
export function withMaskPerStep<T>(layer: Layer, mask: tf.Tensor | undefined, f: () => T): T {
  if (mask === undefined || mask.rank < 2) return f();
  const own = Object.getOwnPropertyDescriptor(layer, 'call');
  const { call } = layer;
  let step = 0;
  layer.call = (inputs, keywords) => {
    const part = tf.squeeze(tf.slice(mask, [0, step++], [-1, 1]), [1]);
    return withMasks(toList(inputs), [part], () => call.call(layer, inputs, keywords));
  };
  try {
    return f();
  } finally {
    if (own === undefined) Reflect.deleteProperty(layer, 'call');
    else Object.defineProperty(layer, 'call', own);
  }
}
