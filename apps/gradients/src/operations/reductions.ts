/** Sums, extremes and running sums. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation, type Values } from '../table/case.js';
import { exactly, signed } from '../table/values.js';

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

function cases(reduce: Reduction, values: (shape: number[]) => Values = signed): GradientCase[] {
  const over = (name: string, shape: number[], axis?: number | number[], keepDims?: boolean) =>
    operation(name, [values(shape)], (x: tf.Tensor) => reduce(x, axis, keepDims));
  return [
    over('all elements', [7]),
    over('all axes', [2, 3, 5]),
    over('the first axis', [3, 2, 5], 0),
    over('the middle axis', [2, 3, 5], 1),
    over('the last axis', [2, 3, 5], -1),
    over('the first and the last axis', [2, 3, 5], [0, 2]),
    over('two leading axes', [2, 3, 5], [0, 1]),
    over('axes not in order', [2, 3, 5], [2, 0]),
    over('keepDims', [2, 3, 5], [1], true),
    over('rank 4, middle axes', [2, 3, 2, 3], [1, 2]),
  ];
}

function alongAxis(compute: (x: tf.Tensor, axis: number) => tf.Tensor): GradientCase[] {
  return [
    operation('a vector', [signed([7])], (x: tf.Tensor) => compute(x, 0)),
    operation('the last axis', [signed([2, 5])], (x: tf.Tensor) => compute(x, 1)),
    operation('the first axis', [signed([3, 5])], (x: tf.Tensor) => compute(x, 0)),
    operation('the middle axis', [signed([2, 3, 5])], (x: tf.Tensor) => compute(x, 1)),
  ];
}

const float = (x: tf.Tensor) => tf.cast(x, 'float32');
type Cumsum = [exclusive: boolean, reverse: boolean];

export const reductions: Record<string, GradientCase[]> = {
  ArgMax: alongAxis((x, axis) => float(tf.argMax(x, axis))),
  ArgMin: alongAxis((x, axis) => float(tf.argMin(x, axis))),
  Cumsum: (
    [
      ['', [false, false]],
      [', exclusive', [true, false]],
      [', reverse', [false, true]],
      [', exclusive and reverse', [true, true]],
    ] as [string, Cumsum][]
  ).flatMap(([words, [exclusive, reverse]]) =>
    alongAxis((x, axis) => tf.cumsum(x, axis, exclusive, reverse)).map((each) => ({
      ...each,
      name: each.name + words,
    })),
  ),
  LogSoftmax: [
    ...alongAxis((x, axis) =>
      axis === x.rank - 1 ? tf.logSoftmax(x, axis) : tf.logSoftmax(tf.transpose(x)),
    ),
    operation('large logits', [exactly([80, -80, 79, 3, -40, 0.5], [2, 3])], (x: tf.Tensor) =>
      tf.logSoftmax(x),
    ),
  ],
  Max: cases(tf.max),
  Mean: cases(tf.mean),
  Min: cases(tf.min),
  Prod: [
    ...cases(tf.prod),
    operation('one zero', [exactly([2, 0, 3, 0.5, 1.5, -1], [2, 3])], (x: tf.Tensor) => tf.prod(x, 1)),
    operation('two zeros', [exactly([2, 0, 0, 0.5, 1.5, -1], [2, 3])], (x: tf.Tensor) => tf.prod(x, 1)),
  ],
  Softmax: [
    ...alongAxis((x, axis) => (axis === x.rank - 1 ? tf.softmax(x, axis) : tf.softmax(tf.transpose(x)))),
    operation('large logits', [exactly([80, -80, 79, 3, -40, 0.5], [2, 3])], (x: tf.Tensor) => tf.softmax(x)),
  ],
  Sum: cases(tf.sum),
};
