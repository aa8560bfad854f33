/**
 * y[...][c] = x[...][c] + bias[c]: the sum of a tensor and a smaller one that has the shape of its last axes.
 *
 * float32. Reads x once, writes y once. Equal shapes, scalars, every other broadcast and other types go to tfjs, which
 * is fast where it need not broadcast.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areFloat32, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';

function add(args: KernelArguments): KernelResult {
  const { a, b } = args.inputs as Inputs<tf.AddInputs>;
  const [x, bias] = sizeOf(a.shape) < sizeOf(b.shape) ? [b, a] : [a, b];
  if (!areFloat32(a, b) || !isBias(bias.shape, x.shape)) return runOriginal(tf.Add, args);
  const backend = args.backend as BackendWasm;
  const columns = sizeOf(bias.shape);
  const rows = sizeOf(x.shape) / columns;
  return compute(backend, {
    shape: x.shape,
    floats: sizeOf(x.shape),
    scratch: ({ kernels }) => ({ shared: kernels.biasScratch(columns) }),
    run({ call, shared, output }) {
      call('addBias', {
        x: pointerOf(backend, x),
        bias: pointerOf(backend, bias),
        y: output,
        rows,
        columns,
        scratch: shared,
      });
    },
  });
}

/** Whether `bias`, its leading ones aside, is the end of `shape`, and neither all of it nor a single number. */
function isBias(bias: readonly number[], shape: readonly number[]): boolean {
  if (bias.length > shape.length) return false;
  const own = bias.slice(bias.findIndex((length) => length !== 1));
  const size = sizeOf(bias);
  return size > 1 && size < sizeOf(shape) && own.every((length, i) => length === shape.at(i - own.length));
}

export const addConfig: tf.KernelConfig = { kernelName: tf.Add, backendName: 'wasm', kernelFunc: add };
