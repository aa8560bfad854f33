/** What tfjs has wrong, or lacks, on the graphics backends alone. No import mends these: other code does. */
import type { Fault } from './fault.js';

const batchNorm = (parameters: string): string =>
  `tf.grad((x) => tf.batchNorm(x, tf.tensor([0]), tf.tensor([1]), ${parameters}, 3))(tf.ones([1, 1]))`;
const ofAll = batchNorm('tf.tensor([0]), tf.tensor([1])');

/** More elements than a row of a packed texture of webgl can have; their mean is 1/2. */
const many = (shape: string): string =>
  `tf.mul(tf.tensor(Float32Array.from({ length: 4097 * 4096 }, (_, i) => i % 2), ${shape}), 1)`;

const indefinite = 'tf.tensor([0, Infinity])';
const lowest = 'tf.fill([1, 2, 2, 1], -1e30)';

export const graphicsFaults: readonly Fault[] = [
  {
    backends: ['webgl', 'webgpu'],
    wanted: 'the gradient of `tf.batchNorm` without scale and offset',
    code: batchNorm('undefined, undefined'),
    message: "Cannot read properties of undefined (reading 'dataId')",
    instead: ofAll,
    right: [0.5],
  },
  {
    backends: ['webgpu'],
    wanted: '`tf.unique`',
    code: 'tf.unique(tf.tensor([1, 1, 2])).values',
    message: "Kernel 'Unique' not registered for backend 'webgpu'",
    instead: "tf.setBackend('cpu').then(() => tf.unique(tf.tensor([1, 1, 2])).values)",
    right: [1, 2],
  },
  {
    backends: ['webgl'],
    wanted: 'the mean of more than 2^24 elements that an operation has made',
    code: `tf.mean(${many('[4097 * 4096]')})`,
    wrong: [0.4998779892921448],
    instead: `tf.mean(tf.mean(${many('[4097, 4096]')}, 1))`,
    right: [0.5],
  },
  {
    backends: ['webgl'],
    wanted: 'the product of matrices with an odd inner size, one of which `tf.cos` has made',
    code: 'tf.matMul(tf.cos(tf.zeros([1, 5])), tf.cos(tf.zeros([5, 1])))',
    wrong: [6],
    instead:
      "(tf.env().set('WEBGL_PACK_UNARY_OPERATIONS', false), tf.matMul(tf.cos(tf.zeros([1, 5])), tf.cos(tf.zeros([5, 1]))))",
    right: [5],
  },
  {
    backends: ['webgl'],
    wanted: '0 / 0 and infinity / infinity: NaN, by which `tf.isNaN` would find them',
    code: `tf.div(${indefinite}, ${indefinite})`,
    wrong: [1, 1],
    instead: `tf.mul(${indefinite}, tf.reciprocal(${indefinite}))`,
    right: [Number.NaN, Number.NaN],
  },
  {
    backends: ['webgl'],
    wanted: '`tf.clipByValue` of what stands beside a NaN',
    code: 'tf.clipByValue(tf.tensor([NaN, 2]), 0, 1)',
    wrong: [Number.NaN, 2],
    instead: 'tf.minimum(tf.maximum(tf.tensor([NaN, 2]), 0), 1)',
    right: [Number.NaN, 1],
  },
  {
    backends: ['webgl'],
    wanted: '`tf.max` of what is below -1e20, -Infinity say; `tf.min` of what is above 1e20',
    code: 'tf.mul(tf.max(tf.fill([3], -1e30)), 1e-30)',
    wrong: [-1e-10],
    instead: 'tf.max(tf.mul(tf.fill([3], -1e30), 1e-30))',
    right: [-1],
  },
  {
    backends: ['webgl'],
    wanted: '`tf.maxPool` of what is below -1e20',
    code: `tf.mul(tf.maxPool(${lowest}, 2, 2, 'valid'), 1e-30)`,
    wrong: [-1e-10],
    instead: `tf.maxPool(tf.mul(${lowest}, 1e-30), 2, 2, 'valid')`,
    right: [-1],
  },
  {
    backends: ['webgl', 'webgpu'],
    wanted: '`tf.log1p` of small numbers, for which it is there',
    code: 'tf.mul(tf.log1p(tf.tensor([1e-8])), 1e8)',
    wrong: [0],
    instead: 'tf.mul(tf.sub(tf.tensor([1e-8]), tf.div(tf.square(tf.tensor([1e-8])), 2)), 1e8)',
    right: [1],
  },
  {
    backends: ['webgl', 'webgpu'],
    wanted: '`tf.asinh` of numbers below -100',
    code: 'tf.asinh(tf.tensor([-1000]))',
    instead: 'tf.mul(tf.sign(tf.tensor([-1000])), tf.asinh(tf.abs(tf.tensor([-1000]))))',
    right: [-7.6009027],
  },
];
