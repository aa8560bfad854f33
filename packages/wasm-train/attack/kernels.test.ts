/** The training kernels and their gradients on drawn shapes and several threads. */
import '@tensorflow/tfjs';
import { drawnShapesSuite } from '@bn/tooling/drawnShapesSuite';
import { useThreads } from '@bn/wasm-heap';
import * as heap from '@bn/wasm-heap/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import '../src/index.js';

const small = (max: number) => fc.integer({ min: 1, max });
const drawn = fc.record({
  ...{ batch: small(5), height: small(17), width: small(17), input: small(9), output: small(11) },
  ...{ filterHeight: small(4), filterWidth: small(4), stride: small(3) },
  pad: fc.constantFrom('same' as const, 'valid' as const),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

/** Numbers that are drawn by nobody: the same on every backend. */
const filled = (shape: number[]): tf.Tensor =>
  tf.sin(tf.range(0, tf.util.sizeFromShape(shape)).mul(1.7)).reshape(shape);

// A filter that is larger than the image fits only a padded one.
const image = ({ batch, height, width, input, filterHeight, filterWidth }: Drawn) =>
  filled([batch, Math.max(height, filterHeight), Math.max(width, filterWidth), input]);

type Case = readonly [
  string,
  (drawn: Drawn) => tf.Tensor[],
  (drawn: Drawn, ...inputs: tf.Tensor[]) => tf.Tensor,
];

const cases: readonly Case[] = [
  [
    'conv2d',
    (one) => [image(one), filled([one.filterHeight, one.filterWidth, one.input, one.output])],
    ({ stride, pad }, x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
  ],
  [
    'depthwiseConv2d',
    (one) => [image(one), filled([one.filterHeight, one.filterWidth, one.input, 2])],
    ({ stride, pad }, x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
  ],
  [
    'avgPool',
    (one) => [image(one)],
    ({ filterHeight, filterWidth, stride, pad }, x) =>
      tf.avgPool(x as tf.Tensor4D, [filterHeight, filterWidth], stride, pad),
  ],
  [
    'maxPool',
    (one) => [image(one)],
    ({ filterHeight, filterWidth, stride, pad }, x) =>
      tf.maxPool(x as tf.Tensor4D, [filterHeight, filterWidth], stride, pad),
  ],
  [
    'matMul',
    ({ batch, height, width, input, output }) => [
      filled([batch, 3 * height + 1, input * width]),
      filled([batch, input * width, 7 * output]),
    ],
    (_, a, b) => tf.matMul(a!, b!),
  ],
  [
    'add, mul and relu with broadcasts',
    ({ batch, height, width, output }) => [filled([batch, height, width * output]), filled([width * output])],
    (_, a, b) => tf.relu(tf.add(tf.mul(a!, b!), b!)),
  ],
];

drawnShapesSuite({
  ...{ tf, heap, useThreads, drawn },
  cases: cases.map(([title, inputsOf, apply]) => [
    title,
    (one: Drawn) => {
      const { value, grads } = tf.valueAndGrads((...inputs) => apply(one, ...inputs))(inputsOf(one));
      return [value, ...grads];
    },
  ]),
  fewestBlocks: 2,
});
