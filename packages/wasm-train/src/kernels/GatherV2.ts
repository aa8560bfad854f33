/**
 * y[b][o][k][...] = x[b][o][indices[b][k]][...]: tf.gather.
 *
 * x [...batch, ...outer, a, ...inner], indices int32 [...batch, ...k]; y [...batch, ...outer, ...k, ...inner]. Reads and writes
 * what it gathers once. tfjs's kernel takes wrong indices, and reads outside of x, for two and more batch dimensions. Strings and
 * complex numbers go to tfjs.
 */
import { pointerOf, runOriginal } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compute } from '../compute.js';
import { areNumbers, type Inputs, type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { library } from '../library.js';
import { ShapeError } from '../shapeError.js';
import { throughIntegers } from './copies.js';

const BYTES = 4;

function gatherV2(args: KernelArguments): KernelResult {
  const { x, indices } = args.inputs as Inputs<tf.GatherV2Inputs>;
  const { axis, batchDims } = args.attrs as unknown as tf.GatherV2Attrs;
  if (x.dtype === 'bool') return throughIntegers(args, gatherV2);
  if (!areNumbers(x) || indices.dtype !== 'int32') return runOriginal(tf.GatherV2, args);
  const backend = args.backend as BackendWasm;
  const [along] = tf.util.parseAxisParam(axis, x.shape) as [number];
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(
    x as tf.Tensor,
    indices as tf.Tensor,
    along,
    batchDims,
  );
  const { outputShape, batchSize, outerSize, dimSize, sliceSize } = info;
  refuseOutside(backend, indices, dimSize);
  const rows = sizeOf(indices.shape) / batchSize;
  return compute(backend, {
    shape: outputShape,
    dtype: x.dtype as 'float32' | 'int32',
    floats: sizeOf(outputShape),
    run({ output, range }) {
      const call = {
        x: pointerOf(backend, x),
        indices: pointerOf(backend, indices),
        y: output,
        outer: outerSize,
        size: dimSize,
        rows,
        bytes: sliceSize * BYTES,
      };
      range('gather', call, sizeOf(outputShape) === 0 ? 0 : batchSize * outerSize * rows);
    },
  });
}

/** @throws ShapeError naming the first index that is not one of 0 to size - 1. */
function refuseOutside(backend: BackendWasm, indices: tf.TensorInfo, size: number): void {
  const count = sizeOf(indices.shape);
  const place = library.kernels(backend).findOutside(pointerOf(backend, indices), count, size);
  if (place === count) return;
  const index = backend.typedArrayFromHeap(indices)[place];
  throw new ShapeError(
    `${tf.GatherV2}: indices has ${index} at position ${place}; the axis of x has the indices 0 to ${size - 1}`,
  );
}

export const gatherV2Config: tf.KernelConfig = {
  kernelName: tf.GatherV2,
  backendName: 'wasm',
  kernelFunc: gatherV2,
};
