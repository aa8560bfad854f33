/** Matrix products, Einstein sums, and normalizations. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation } from '../table/case.js';
import { positive, signed } from '../table/values.js';

const transposes = [
  ['', false, false],
  [', a transposed', true, false],
  [', b transposed', false, true],
  [', both transposed', true, true],
] as const;

const swapped = (shape: number[], isTransposed: boolean) =>
  isTransposed ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

function products(name: string, a: number[], b: number[]): GradientCase[] {
  return transposes.map(([words, transposeA, transposeB]) =>
    operation(
      name + words,
      [signed(swapped(a, transposeA), 1), signed(swapped(b, transposeB), 2)],
      (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB),
    ),
  );
}

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const;

const equations: [equation: string, ...shapes: number[][]][] = [
  ['ij,jk->ik', [2, 3], [3, 4]],
  ['ij,kj->ik', [2, 3], [4, 3]],
  ['bij,bjk->bik', [2, 3, 4], [2, 4, 2]],
  ['bhid,bhjd->bhij', [1, 2, 3, 4], [1, 2, 3, 4]],
  ['bij,jk->bik', [2, 3, 4], [4, 2]],
  ['ij->ji', [2, 3]],
  ['ij->i', [2, 3]],
  ['ij->', [2, 3]],
  ['i,j->ij', [3], [4]],
  ['i,i->', [5], [5]],
  ['ij,ij->ij', [2, 3], [2, 3]],
  ['abc,cd->abd', [2, 2, 3], [3, 2]],
];

function batchNorms(): GradientCase[] {
  const make = (name: string, x: number[], statistics: number[]) =>
    operation(
      name,
      [
        signed(x, 1),
        signed(statistics, 2),
        positive(statistics, 3),
        signed(statistics, 4),
        signed(statistics, 5),
      ],
      (values, mean, variance, offset, scale) =>
        tf.batchNorm(
          values,
          mean as tf.Tensor1D,
          variance as tf.Tensor1D,
          offset as tf.Tensor1D,
          scale as tf.Tensor1D,
          1e-3,
        ),
    );
  return [
    make('[N, C] with [C]', [5, 3], [3]),
    make('[N, L, C] with [C]', [2, 4, 3], [3]),
    make('[N, H, W, C] with [C]', [2, 3, 2, 5], [5]),
    make('[N, C, H, W] with [1, C, 1, 1]', [2, 3, 2, 3], [1, 3, 1, 1]),
    make('statistics of the shape of x', [2, 3, 2, 1], [2, 3, 2, 1]),
    operation(
      'no scale and no offset',
      [signed([2, 3, 2, 3], 1), signed([3], 2), positive([3], 3)],
      (x: tf.Tensor4D, mean: tf.Tensor1D, variance: tf.Tensor1D) => tf.batchNorm(x, mean, variance),
    ),
  ];
}

export const matrixProducts: Record<string, GradientCase[]> = {
  BatchMatMul: [
    ...products('matrices', [3, 4], [4, 5]),
    ...products('batches', [2, 3, 4], [2, 4, 2]),
    ...products('rank 4', [2, 2, 3, 2], [2, 2, 2, 3]),
    ...products('one matrix for all of a batch', [3, 2, 4], [1, 4, 3]),
    ...products('a broadcast', [1, 2, 3], [2, 3, 2]),
    ...products('both broadcast', [2, 1, 2, 3], [1, 3, 3, 2]),
    operation(
      'a matrix of lower rank',
      [signed([2, 3, 4], 1), signed([4, 2], 2)],
      (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b),
    ),
    operation('a matrix and its transpose', [signed([3, 4])], (x: tf.Tensor) => tf.matMul(x, x, false, true)),
    operation('dot', [signed([2, 3], 1), signed([3], 2)], (a: tf.Tensor, b: tf.Tensor) => tf.dot(a, b)),
    operation(
      'odd depth, of other results',
      [signed([4, 3], 1), signed([3, 5], 2)],
      (a: tf.Tensor, b: tf.Tensor) => tf.matMul(tf.add(tf.square(a), 1), tf.add(tf.square(b), 1)),
    ),
    operation('16x9x8', [signed([16, 9], 1), signed([9, 8], 2)], (a: tf.Tensor, b: tf.Tensor) =>
      tf.matMul(a, b),
    ),
  ],
  FusedBatchNorm: batchNorms(),
  LRN: (
    [
      ['the defaults', 5, 1, 1, 0.5],
      ['radius 1', 1, 1, 0.7, 0.75],
      ['radius 2', 2, 2, 0.3, 1.5],
    ] as const
  ).map(([name, radius, bias, alpha, beta]) =>
    operation(name, [signed([2, 2, 3, 7])], (x: tf.Tensor4D) =>
      tf.localResponseNormalization(x, radius, bias, alpha, beta),
    ),
  ),
};

/** Not in tfjs's registry. */
export const moreProducts: Record<string, GradientCase[]> = {
  Einsum: equations.map(([equation, ...shapes]) =>
    operation(
      equation,
      shapes.map((shape, i) => signed(shape, i + 1)),
      (...x) => tf.einsum(equation, ...x),
    ),
  ),
  _FusedMatMul: activations.map((activation) =>
    operation(
      `${activation}, with a bias`,
      [signed([3, 4], 1), signed([4, 5], 2), signed([5], 3)],
      (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) => tf.fused.matMul({ a, b, bias, activation }),
    ),
  ),
};
