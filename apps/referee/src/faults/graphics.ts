/** What tfjs has wrong, or lacks, on the graphics backends alone. No import mends these: other code does. */
import type { Fault } from './fault.js';

const batchNorm = (parameters: string): string =>
  `tf.grad((x) => tf.batchNorm(x, tf.tensor([0]), tf.tensor([1]), ${parameters}, 3))(tf.ones([1, 1]))`;
const ofAll = batchNorm('tf.tensor([0]), tf.tensor([1])');

/** More elements than a row of a packed texture of webgl can have; their mean is 1/2. */
const many = (shape: string): string =>
  `tf.mul(tf.tensor(Float32Array.from({ length: 4097 * 4096 }, (_, i) => i % 2), ${shape}), 1)`;

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
];
