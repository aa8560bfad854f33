/** Kernels that tfjs's wasm backend does not have. */
import type { Fault } from './fault.js';

const missing = (kernel: string, rest: Pick<Fault, 'wanted' | 'code' | 'right' | 'issues'>): Fault => ({
  backends: ['wasm'],
  message: `Kernel '${kernel}' not registered for backend 'wasm'`,
  mending: '@bn/wasm-train',
  ...rest,
});

export const missingKernels: readonly Fault[] = [
  missing('UnsortedSegmentSum', {
    wanted: 'training an embedding, or anything with `tf.gather`',
    code: "tf.grad((x) => tf.gather(x, tf.tensor([0, 0], [2], 'int32')))(tf.ones([2]))",
    right: [2, 0],
    issues: [8082],
  }),
  missing('Conv2DBackpropFilter', {
    wanted: 'training a convolution',
    code: "tf.grad((filter) => tf.conv2d(tf.fill([1, 1, 1, 1], 3), filter, 1, 'valid'))(tf.ones([1, 1, 1, 1]))",
    right: [3],
    issues: [8474],
  }),
  missing('DepthwiseConv2dNativeBackpropFilter', {
    wanted: 'training a depthwise or separable convolution',
    code: "tf.grad((filter) => tf.depthwiseConv2d(tf.fill([1, 1, 1, 1], 3), filter, 1, 'valid'))(tf.ones([1, 1, 1, 1]))",
    right: [3],
    issues: [8474],
  }),
  missing('DepthwiseConv2dNativeBackpropInput', {
    wanted: 'training what lies before a depthwise convolution',
    code: "tf.grad((x) => tf.depthwiseConv2d(x, tf.fill([1, 1, 1, 1], 3), 1, 'valid'))(tf.ones([1, 1, 1, 1]))",
    right: [3],
    issues: [8474],
  }),
  missing('Einsum', {
    wanted: '`tf.einsum`, which attention layers are made of',
    code: "tf.einsum('ij,j->i', tf.tensor([[1, 2]]), tf.tensor([3, 4]))",
    right: [11],
  }),
  {
    backends: ['wasm'],
    wanted: '`tf.math.confusionMatrix`, and any `tf.matMul` of int32',
    code: "tf.math.confusionMatrix(tf.tensor([0, 1], [2], 'int32'), tf.tensor([0, 1], [2], 'int32'), 2)",
    message: 'BatchMatMul for non non-float32 tensors not yet supported.',
    right: [1, 0, 0, 1],
    mending: '@bn/wasm-train',
  },
];
