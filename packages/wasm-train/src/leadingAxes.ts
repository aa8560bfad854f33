/** Sums over the leading axes of a float32 tensor, which Sum and Mean have in common. Reads x once. */
import { pointerOf } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from './compute.js';
import { areFloat32, type Inputs, type KernelArguments, sizeOf } from './kernel.js';

/**
 * The sums, and how many elements went into each; undefined for other types, other axes, all axes and an empty x, which are
 * left to tfjs: it is fast where the summed axes come last, and transposes the whole tensor where they come first.
 */
export function sumOverLeadingAxes(
  args: KernelArguments,
): { sums: tf.TensorInfo; count: number } | undefined {
  const { x } = args.inputs as Inputs<tf.SumInputs>;
  const { axis, keepDims } = args.attrs as unknown as tf.SumAttrs;
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  const areLeading = axes.length < x.shape.length && axes.every((value, i) => value === i);
  if (!areFloat32(x) || axes.length === 0 || !areLeading || sizeOf(x.shape) === 0) return undefined;
  const backend = args.backend as BackendWasm;
  const rest = x.shape.slice(axes.length);
  const columns = sizeOf(rest);
  const rows = sizeOf(x.shape) / columns;
  const sums = compute(backend, {
    shape: keepDims ? [...axes.map(() => 1), ...rest] : rest,
    floats: sizeOf(x.shape),
    scratch: ({ kernels }) => ({ shared: kernels.biasScratch(columns) }),
    run({ call, shared, output }) {
      call('sumRows', { x: pointerOf(backend, x), sums: output, rows, columns, scratch: shared });
    },
  });
  return { sums, count: rows };
}
