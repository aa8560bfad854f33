/**
 * y[c...] = sum over the leading axes of x[...][c...]: the gradient of a bias.
 *
 * float32. Reads x once. Sums over other axes, over all axes, and other types go to tfjs.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelArguments, KernelResult } from '../kernel.js';
import { sumOverLeadingAxes } from '../leadingAxes.js';
import { reduceEmpty } from './emptyReductions.js';

function sum(args: KernelArguments): KernelResult {
  return reduceEmpty(tf.Sum, args) ?? sumOverLeadingAxes(args)?.sums ?? runOriginal(tf.Sum, args);
}

export const sumConfig: tf.KernelConfig = { kernelName: tf.Sum, backendName: 'wasm', kernelFunc: sum };
