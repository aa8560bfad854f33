/**
 * y[c...] = sum over the leading axes of x[...][c...], divided by their sizes: half of tf.moments, which tf.layers
 * composes batch normalization of.
 *
 * float32. Reads x once. Means over other axes, over all axes, and of other types go to tfjs; without elements a mean is NaN.
 */
import { runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelArguments, KernelResult } from '../kernel.js';
import { sumOverLeadingAxes } from '../leadingAxes.js';
import { reduceEmpty } from './emptyReductions.js';

function mean(args: KernelArguments): KernelResult {
  const empty = reduceEmpty(tf.Mean, args);
  if (empty !== undefined) return empty;
  const result = sumOverLeadingAxes(args);
  if (result === undefined) return runOriginal(tf.Mean, args);
  const { sums, count } = result;
  const values = (args.backend as BackendWasm).typedArrayFromHeap(sums);
  for (let i = 0; i < values.length; ++i) values[i]! /= count;
  return sums;
}

export const meanConfig: tf.KernelConfig = { kernelName: tf.Mean, backendName: 'wasm', kernelFunc: mean };
