/**
 * y[n][i][j][c] = max over (r, s) of x[n][i * stride + r * rate - pad][...][c] + filter[r][s][c], and its gradients: each dy goes to
 * the element of x, and to the element of the filter, that made the maximum; of equal ones to the first, and to a NaN, so that it shows.
 *
 * float32, channels last. tfjs's kernels begin with the smallest float above 0, and so have every maximum below that wrong. This
 * operation is rare: its loops are JavaScript on the heap, which read x and the filter once for each place of the window.
 */
import { allocateOutputs, allocateZeros } from '@bn/wasm-heap';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { dilationInfo } from '../dilation.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';
import { checkWindow, imageAxes } from '../window.js';

type Info = tf.backend_util.Conv2DInfo;

function infoOf(x: tf.TensorInfo, filter: tf.TensorInfo, attributes: unknown): Info {
  const { pad } = attributes as tf.Dilation2DAttrs;
  const info = dilationInfo(x, filter, attributes);
  checkWindow(tf.Dilation2D, 'filter', pad, undefined, () => imageAxes(info));
  return info;
}

/** Calls `visit` for every element of y with its maximum and the elements of x and the filter that make it, -1 if there are none. */
function forEachMaximum(
  x: Float32Array,
  filter: Float32Array,
  info: Info,
  visit: (y: number, maximum: number, xi: number, fi: number) => void,
): void {
  const { inHeight, inWidth, inChannels: channels, filterHeight, filterWidth, padInfo } = info;
  let y = 0;
  for (let n = 0; n < info.batchSize; ++n) {
    for (let i = 0; i < info.outHeight; ++i) {
      for (let j = 0; j < info.outWidth; ++j) {
        for (let c = 0; c < channels; ++c, ++y) {
          let maximum = Number.NEGATIVE_INFINITY;
          let [bestX, bestFilter] = [-1, -1];
          for (let r = 0; r < filterHeight; ++r) {
            const h = i * info.strideHeight + r * info.dilationHeight - padInfo.top;
            if (h < 0 || h >= inHeight) continue;
            for (let s = 0; s < filterWidth; ++s) {
              const w = j * info.strideWidth + s * info.dilationWidth - padInfo.left;
              if (w < 0 || w >= inWidth) continue;
              const xi = ((n * inHeight + h) * inWidth + w) * channels + c;
              const fi = (r * filterWidth + s) * channels + c;
              const value = x[xi]! + filter[fi]!;
              const isLarger =
                bestX < 0 || value > maximum || (Number.isNaN(value) && !Number.isNaN(maximum));
              if (isLarger) [maximum, bestX, bestFilter] = [value, xi, fi];
            }
          }
          visit(y, maximum, bestX, bestFilter);
        }
      }
    }
  }
}

function dilation2D(args: KernelArguments): KernelResult {
  const { x, filter } = args.inputs as Inputs<tf.Dilation2DInputs>;
  const backend = args.backend as BackendWasm;
  const info = infoOf(x, filter, args.attrs);
  const [{ info: output }] = allocateOutputs(backend, [info.outShape]);
  // Views are made after the allocation: the heap's buffer is another one after it has grown.
  const values = floatsOf(backend, output);
  forEachMaximum(floatsOf(backend, x), floatsOf(backend, filter), info, (y, maximum) => {
    values[y] = maximum;
  });
  return output;
}

const floatsOf = (backend: BackendWasm, tensor: tf.TensorInfo): Float32Array =>
  backend.typedArrayFromHeap(tensor) as Float32Array;

/** The gradient of x or of the filter. */
function backprop(target: 'x' | 'filter', args: KernelArguments): KernelResult {
  const { x, filter, dy } = args.inputs as Inputs<tf.Dilation2DBackpropInputInputs>;
  const backend = args.backend as BackendWasm;
  const info = infoOf(x, filter, args.attrs);
  const output = allocateZeros(backend, target === 'x' ? x.shape : filter.shape);
  const sums = floatsOf(backend, output);
  const upstream = floatsOf(backend, dy);
  forEachMaximum(floatsOf(backend, x), floatsOf(backend, filter), info, (y, _, xi, fi) => {
    if (xi >= 0) sums[target === 'x' ? xi : fi]! += upstream[y]!;
  });
  return output;
}

export const dilation2DConfigs: readonly tf.KernelConfig[] = [
  { kernelName: tf.Dilation2D, backendName: 'wasm', kernelFunc: dilation2D },
  {
    kernelName: tf.Dilation2DBackpropInput,
    backendName: 'wasm',
    kernelFunc: (args) => backprop('x', args),
  },
  {
    kernelName: tf.Dilation2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: (args) => backprop('filter', args),
  },
];
