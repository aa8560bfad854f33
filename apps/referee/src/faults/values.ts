/** Results that are wrong, without a word. */
import type { Fault } from './fault.js';

const wrong = (
  backends: Fault['backends'],
  wanted: string,
  code: string,
  computed: readonly number[] | undefined,
  right: readonly number[],
): Fault => ({
  backends,
  wanted,
  code,
  right,
  mending: '@bn/wasm-train',
  ...(computed && { wrong: computed }),
});
const both = ['cpu', 'wasm'] as const;
const all = [...both, 'webgl'] as const;
const smallest = 1.1754943508222875e-38;

export const wrongValues: readonly Fault[] = [
  wrong(
    all,
    'the gradient of `tf.mirrorPad`',
    "tf.grad((x) => tf.mirrorPad(x, [[1, 1]], 'reflect'))(tf.tensor([1, 2, 3]))",
    [1, 1, 1],
    [1, 3, 1],
  ),
  wrong(
    both,
    'the gradient of x^0 at 0',
    'tf.grad((x) => tf.pow(x, tf.scalar(0)))(tf.tensor([0]))',
    [Number.NaN],
    [0],
  ),
  wrong(
    all,
    'the gradient of a cast to int32, a step',
    "tf.grad((x) => tf.cast(tf.cast(x, 'int32'), 'float32'))(tf.tensor([1.5]))",
    [1],
    [0],
  ),
  wrong(
    [...all, 'webgpu'],
    'the gradient of a gradient of `tf.exp`, `tf.sigmoid`, `tf.softmax` and others whose gradient is made of their result',
    'tf.grad((x) => tf.grad((z) => tf.square(tf.exp(z)))(x))(tf.tensor([0]))',
    [2],
    [4],
  ),
  wrong(
    ['wasm'],
    "the gradient of `tf.avgPool` with padding 'same'",
    "tf.grad((x) => tf.avgPool(x, 2, 1, 'same'))(tf.ones([1, 2, 2, 1]))",
    [0.25, 0.5, 0.5, 1],
    [0.25, 0.75, 0.75, 2.25],
  ),
  wrong(
    ['wasm'],
    'the gradient of `tf.maxPool`, of equal pixels (the first takes it)',
    "tf.grad((x) => tf.maxPool(x, 2, 2, 'valid'))(tf.ones([1, 4, 4, 1]))",
    undefined,
    [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
  ),
  wrong(
    ['wasm'],
    'the gradient of `tf.conv3d` with strides',
    "tf.grad((x) => tf.conv3d(x, tf.ones([1, 1, 1, 1, 1]), 2, 'valid'))(tf.ones([1, 1, 1, 3, 1]))",
    undefined,
    [1, 0, 1],
  ),
  wrong(
    ['wasm'],
    '`tf.maxPool3d` of negative values',
    "tf.maxPool3d(tf.fill([1, 1, 1, 1, 1], -1), 1, 1, 'valid')",
    [smallest],
    [-1],
  ),
  wrong(
    ['wasm'],
    "`tf.conv2d` with padding 'same' and a window smaller than the stride in one direction",
    "tf.conv2d(tf.ones([1, 2, 2, 1]), tf.ones([1, 2, 1, 1]), [2, 1], 'same')",
    undefined,
    [2, 1],
  ),
  wrong(
    ['wasm', 'webgl'],
    'the gradient of bilinear resizing with half-pixel centers',
    'tf.grad((x) => tf.image.resizeBilinear(x, [1, 1], false, true))(tf.ones([1, 2, 2, 1]))',
    [1, 0, 0, 0],
    [0.25, 0.25, 0.25, 0.25],
  ),
  wrong(
    ['wasm'],
    '`tf.batchNorm` with statistics of shape [1, C, 1, 1]',
    'tf.batchNorm(tf.tensor([1, 3, 5, 7], [1, 2, 1, 2]), tf.tensor([1, 5], [1, 2, 1, 1]), tf.ones([1, 2, 1, 1]), undefined, undefined, 3)',
    [0, -1, 2, 1],
    [0, 1, 0, 1],
  ),
  wrong(
    ['wasm'],
    '`tf.clipByValue` of int32',
    "tf.clipByValue(tf.tensor([-5, 7], [2], 'int32'), 0, 3)",
    [0, 7],
    [0, 3],
  ),
  wrong(
    ['wasm'],
    '`tf.reverse` of bool',
    "tf.reverse(tf.tensor([true, false], [2], 'bool'))",
    undefined,
    [0, 1],
  ),
  wrong(
    ['wasm'],
    '`tf.maximum` of NaN',
    'tf.maximum(tf.tensor([0]), tf.tensor([Number.NaN]))',
    [0],
    [Number.NaN],
  ),
  wrong(['wasm'], '`tf.relu6` of NaN', 'tf.relu6(tf.tensor([Number.NaN]))', [0], [Number.NaN]),
  wrong(['wasm'], '`tf.cast` of NaN to bool', "tf.cast(tf.tensor([Number.NaN]), 'bool')", [0], [1]),
  {
    backends: ['wasm'],
    wanted: 'a tensor that was cast on cpu, read on wasm',
    code: 'castAndMove()',
    wrong: [1.401298464324817e-45, 2.802596928649634e-45],
    right: [1, 2],
    mending: '@bn/wasm',
  },
  {
    backends: ['wasm'],
    wanted:
      '`tf.concat`, `tf.cast`, `tf.where` and others of tensors of another backend for which the heap must grow',
    code: 'moveAndJoin()',
    message: 'Cannot perform Construct on a detached ArrayBuffer',
    right: [1, 2],
    mending: '@bn/wasm',
  },
];
