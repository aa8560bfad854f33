/** `foldBatchNorm`: the layer before computes what the two computed, with the statistics in its filter and bias. */
import { type FoldOptions, foldBatchNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { expectClose, largest } from '../compare.js';
import { dot, numericalGradient } from '../finiteDifferences.js';
import { drawInputs, normal } from '../golden/inputs.js';
import { channelCount, type Operation, sizeOf } from '../operation.js';
import { referenceForward } from '../reference.js';
import { take } from '../run.js';
import { layerWith } from './frozenLayers.js';
import { differencesError } from './gradients.js';

type Shape4D = readonly [number, number, number, number];

/** A convolution with stride 1 and without padding, and the BatchNorm that follows it. */
interface Convolution {
  readonly kind: NonNullable<FoldOptions['convolution']>;
  /** [N, height, width, channels]. */
  readonly x: Shape4D;
  readonly filter: Shape4D;
  readonly y: Shape4D;
  readonly epsilon?: number;
  readonly affine?: boolean;
}

/** Sizes are no multiple of a vector. */
const convolutions: readonly Convolution[] = [
  { kind: 'standard', x: [7, 1, 1, 3], filter: [1, 1, 3, 5], y: [7, 1, 1, 5], epsilon: 0.1, affine: false },
  { kind: 'standard', x: [2, 5, 4, 3], filter: [3, 2, 3, 7], y: [2, 3, 3, 7], epsilon: 1e-3 },
  { kind: 'depthwise', x: [2, 4, 5, 3], filter: [2, 3, 3, 2], y: [2, 3, 3, 6] },
  { kind: 'transposed', x: [3, 3, 2, 4], filter: [2, 3, 5, 4], y: [3, 4, 4, 5], epsilon: 0.1 },
];

const indexIn = ([, height, width, channels]: Shape4D, n: number, i: number, j: number, c: number): number =>
  ((n * height + i) * width + j) * channels + c;

/** The convolution in float64: every product of an element of x and one of the filter goes where it belongs. */
function convolve(
  { kind, x: xShape, filter: filterShape, y: yShape }: Convolution,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
): Float64Array {
  const y = new Float64Array(sizeOf(yShape));
  const [samples, height, width, channels] = xShape;
  const [filterHeight, filterWidth, , last] = filterShape;
  const outputs = kind === 'transposed' ? filterShape[2] : last;
  const direction = kind === 'transposed' ? 1 : -1;
  for (let at = 0; at < samples * height * width * channels; at++) {
    const c = at % channels;
    const j = Math.floor(at / channels) % width;
    const i = Math.floor(at / (channels * width)) % height;
    const n = Math.floor(at / (channels * width * height));
    for (let p = 0; p < filterHeight; p++) {
      for (let q = 0; q < filterWidth; q++) {
        const [row, column] = [i + direction * p, j + direction * q];
        if (row < 0 || row >= yShape[1] || column < 0 || column >= yShape[2]) continue;
        for (let k = 0; k < outputs; k++) {
          const tap =
            kind === 'transposed' ? indexIn(filterShape, p, q, k, c) : indexIn(filterShape, p, q, c, k);
          const channel = kind === 'depthwise' ? c * outputs + k : k;
          y[indexIn(yShape, n, row, column, channel)]! += x[at]! * filter[tap]!;
        }
      }
    }
  }
  return y;
}

/** The same by tfjs. */
function run({ kind, y: yShape }: Convolution, x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor {
  if (kind === 'depthwise') return tf.depthwiseConv2d(x, filter, 1, 'valid');
  if (kind === 'transposed') return tf.conv2dTranspose(x, filter, [...yShape], 1, 'valid');
  return tf.conv2d(x, filter, 1, 'valid');
}

/** BatchNorm in inference after a convolution, and float32 values of everything that takes part. */
function drawn(convolution: Convolution, seed: number, withBias: boolean) {
  const { x: xShape, filter: filterShape, y: yShape, epsilon, affine = true } = convolution;
  const operation: Operation = {
    op: 'batchNormInference',
    shape: yShape,
    dataFormat: 'channelsLast',
    affine,
    ...(epsilon !== undefined && { epsilon }),
  };
  const draw = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => normal(seed, i));
  const [x, filter] = [draw(sizeOf(xShape), seed + 7), draw(sizeOf(filterShape), seed + 8)];
  const channels = channelCount(operation);
  const bias = withBias ? draw(channels, seed + 9) : undefined;
  const between = convolve(convolution, x, filter).map((value, i) => value + (bias?.[i % channels] ?? 0));
  const inputs = { ...drawInputs(operation, seed, { offset: 2 }), x: Float32Array.from(between) };
  return {
    operation,
    inputs,
    x,
    filter,
    bias,
    truth: referenceForward(operation, { ...inputs, x: between }).y,
  };
}

/** The two layers, and the one that they are folded to, compute what float64 does; folding leaves a filter and a bias. */
export const computesWhatTheTwoComputed: Behaviour = async ({ tolerance }) => {
  for (const [i, convolution] of convolutions.entries()) {
    for (const withBias of [true, false]) {
      const { operation, inputs, truth, ...values } = drawn(convolution, 120 + i, withBias);
      const layer = layerWith(operation, inputs);
      const x = tf.tensor4d(values.x, [...convolution.x]);
      const filter = tf.tensor4d(values.filter, [...convolution.filter]);
      const bias = values.bias && tf.tensor1d(values.bias);
      const before = tf.memory().numTensors;
      const folded = foldBatchNorm(filter, bias, layer, { convolution: convolution.kind });
      expect(tf.memory().numTensors - before, 'new tensors').toBe(2);
      const apart = tf.tidy(() => {
        const between = run(convolution, x, filter);
        return layer.apply(bias ? tf.add(between, bias) : between, { training: false });
      });
      const together = tf.tidy(() => tf.add(run(convolution, x, folded.filter), folded.bias));
      const results = await take({ apart, together });
      const allowed = allowanceFor(operation, inputs, tolerance).y;
      const what = `${convolution.kind} ${withBias ? 'with' : 'without'} a bias`;
      expectClose(results.apart, truth, allowed, `y of the two, ${what}`);
      expectClose(results.together, truth, allowed, `y of the folded one, ${what}`);
      layer.dispose();
      tf.dispose([x, filter, bias, folded]);
    }
  }
};

/** Gradients in the filter of a dense layer (a convolution of 1x1 images), folded or not, match finite differences. */
export const gradientsMatchDifferences: Behaviour = async ({ tolerance }) => {
  const dense: Convolution = { kind: 'standard', x: [9, 1, 1, 5], filter: [1, 1, 5, 7], y: [9, 1, 1, 7] };
  const { operation, inputs, ...values } = drawn(dense, 130, false);
  const loss = (filter: Float64Array) =>
    dot(referenceForward(operation, { ...inputs, x: convolve(dense, values.x, filter) }).y, inputs.dy);
  const wanted = numericalGradient(loss, values.filter);

  const layer = layerWith(operation, inputs);
  const x = tf.tensor2d(values.x, [9, 5]);
  const dy = tf.tensor(inputs.dy, [9, 7]);
  const filter = tf.tensor2d(values.filter, [5, 7]);
  const run = (filter: tf.Tensor) => tf.matMul(x, filter as tf.Tensor2D);
  const apart = (filter: tf.Tensor) =>
    tf.reshape(layer.apply(tf.reshape(run(filter), dense.y.slice()), { training: false }), dy.shape);
  const together = (filter: tf.Tensor) => {
    const folded = foldBatchNorm(filter, undefined, layer);
    return tf.add(run(folded.filter), folded.bias);
  };
  const got = await take(
    tf.tidy(() => ({ apart: tf.grad(apart)(filter, dy), together: tf.grad(together)(filter, dy) })),
  );
  layer.dispose();
  tf.dispose([x, dy, filter]);

  const allowed = allowanceFor(operation, inputs, tolerance).dx * 9 * largest(values.x);
  expectClose(got.apart, wanted, allowed + differencesError, 'gradient of the two');
  expectClose(got.together, wanted, allowed + differencesError, 'gradient of the folded one');
};
