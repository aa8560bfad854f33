/** Functions of two elements, with every way to broadcast. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation, type Values } from '../table/case.js';
import { between, exactly, positive, signed } from '../table/values.js';

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type MakeValues = (shape: number[], seed: number) => Values;

const shapes: [string, number[], number[]][] = [
  ['equal shapes', [2, 3], [2, 3]],
  ['a scalar on the right', [2, 3], []],
  ['a scalar on the left', [], [2, 3]],
  ['a bias', [2, 3, 5], [5]],
  ['both broadcast', [3, 1], [1, 5]],
  ['in the middle', [2, 1, 3], [2, 5, 3]],
];

function cases(compute: Binary, a: MakeValues = signed, b: MakeValues = a): GradientCase[] {
  return shapes.map(([name, left, right]) => operation(name, [a(left, 1), b(right, 2)], compute));
}

/** a / b between whole numbers, never at one. */
const dividends: MakeValues = (shape, seed) => {
  const { values } = between(shape, 0.1, 0.9, seed);
  return exactly(
    [...values].map((value, i) => (value + (i % 5) - 2) * 2),
    shape,
  );
};
const twos: MakeValues = (shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return exactly(new Array<number>(size).fill(2), shape);
};

const float =
  (compute: Binary): Binary =>
  (a, b) =>
    tf.cast(compute(a, b), 'float32');

export const binary: Record<string, GradientCase[]> = {
  Add: cases(tf.add),
  AddN: [
    operation('three tensors', [signed([2, 3], 1), signed([2, 3], 2), signed([2, 3], 3)], (...x) =>
      tf.addN(x),
    ),
    operation('the same one twice', [signed([5])], (x) => tf.addN([x, x])),
  ],
  Atan2: cases(tf.atan2),
  FloorDiv: cases(float(tf.floorDiv), dividends, twos),
  GreaterEqual: cases(float(tf.greaterEqual)),
  Maximum: cases(tf.maximum),
  Minimum: cases(tf.minimum),
  Mod: cases(tf.mod, dividends, twos),
  Multiply: [...cases(tf.mul), operation('by itself', [signed([5])], (x: tf.Tensor) => tf.mul(x, x))],
  Pow: [
    ...cases(tf.pow, positive, signed),
    operation('whole powers of negative numbers', [signed([2, 3])], (x: tf.Tensor) => tf.pow(x, 3)),
    operation('the square of 0', [exactly([0, 0.5, -2])], (x: tf.Tensor) => tf.pow(x, 2)),
    operation('the first power of 0', [exactly([0, 0.5, -2])], (x: tf.Tensor) => tf.pow(x, 1)),
    operation('the power 0 of 0', [exactly([0, 0.5, -2])], (x: tf.Tensor) => tf.pow(x, 0)),
  ],
  Prelu: [
    operation('a slope for each element', [signed([2, 3]), positive([2, 3])], tf.prelu as Binary),
    operation('a slope for each channel', [signed([2, 3, 5]), positive([5])], tf.prelu as Binary),
    operation('one slope', [signed([2, 3]), positive([1])], tf.prelu as Binary),
  ],
  RealDiv: cases(tf.div),
  SquaredDifference: cases(tf.squaredDifference),
  Sub: cases(tf.sub),
  Select: [
    operation('equal shapes', [signed([2, 3], 1), signed([2, 3], 2)], (a, b) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 1],
            [0, 0, 1],
          ],
          [2, 3],
          'bool',
        ),
        a,
        b,
      ),
    ),
    operation('a condition that broadcasts', [signed([2, 3], 1), signed([2, 3], 2)], (a, b) =>
      tf.where(tf.tensor2d([[1], [0]], [2, 1], 'bool'), a, b),
    ),
    operation('values that broadcast', [signed([3], 1), signed([2, 1], 2)], (a, b) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 1],
            [0, 0, 1],
          ],
          [2, 3],
          'bool',
        ),
        a,
        b,
      ),
    ),
    operation('a condition made of x', [signed([2, 3], 1)], (x: tf.Tensor) =>
      tf.where(tf.greater(x, 0), tf.mul(x, 2), tf.mul(x, x)),
    ),
  ],
};
