/**
 * y[c...] = sum over the leading axes of x[...][c...]: the gradient of a bias.
 *
 * float32. Reads x once. Sums over other axes, over all axes, and other types go to tfjs, which is fast where the
 * summed axes come last and transposes the whole tensor where they come first.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, kernels, pointer, withScratch } from '../backend.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { runOriginal } from '../original.js';

function sum(args: KernelArguments): KernelResult {
  const { x } = args.inputs as Inputs<tf.SumInputs>;
  const { axis, keepDims } = args.attrs as unknown as tf.SumAttrs;
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const areLeading = axes.length < x.shape.length && axes.every((value, i) => value === i);
  if (!areFloat32(x) || axes.length === 0 || !areLeading || sizeOf(x.shape) === 0) {
    return runOriginal(tf.Sum, args);
  }
  const backend = args.backend as BackendWasm;
  const rest = x.shape.slice(axes.length);
  const columns = sizeOf(rest);
  const rows = sizeOf(x.shape) / columns;
  const { columnsScratch, sumRows } = kernels(backend);
  return withScratch(backend, tf.Sum, columnsScratch(columns), (scratch) => {
    const y = allocateOutput(backend, tf.Sum, keepDims ? [...axes.map(() => 1), ...rest] : rest);
    sumRows(pointer(backend, x), pointer(backend, y), rows, columns, scratch);
    return y;
  });
}

export const sumConfig: tf.KernelConfig = { kernelName: tf.Sum, backendName: 'wasm', kernelFunc: sum };
