/** Gradients that tfjs refuses on every backend. */
import type { Fault } from './fault.js';

const refused = (
  wanted: string,
  message: string,
  code: string,
  right: readonly number[],
  rest: Partial<Fault> = {},
): Fault => ({
  backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
  mending: '@bn/wasm-train',
  wanted,
  message,
  code,
  right,
  ...rest,
});

const noGradient = (kernel: string): string =>
  `Cannot compute gradient: gradient function not found for ${kernel}.`;
const wrongShape = (op: string): string =>
  `Error in gradient for op ${op}. The gradient of input 'b' has shape '2,2', which does not match the shape of the input '2'`;
const broadcast = (name: string): string =>
  `tf.grads((a, b) => tf.${name}(a, b))([tf.tensor([[1, 5], [7, 2]]), tf.tensor([3, 3])])`;

/** A condition made of x has no slope, and needs a gradient of 0 all the same. */
const compared = (kernel: string, condition: string, right: readonly number[]): Fault =>
  refused(
    `the gradient of \`tf.where\` whose condition is ${kernel} of x`,
    noGradient(kernel),
    `tf.grad((x) => tf.where(${condition}, x, tf.zerosLike(x)))(tf.tensor([-1, 2]))`,
    right,
  );

export const refusedGradients: readonly Fault[] = [
  refused(
    'the gradient of a dilated `tf.conv2d`',
    'Error in gradient of conv2D: dilation rates greater than 1 are not yet supported in gradients.',
    "tf.grad((x) => tf.conv2d(x, tf.ones([2, 1, 1, 1]), 1, 'valid', 'NHWC', [2, 2]))(tf.ones([1, 3, 1, 1]))",
    [1, 0, 1],
    { issues: [7906] },
  ),
  refused(
    'training `tf.layers.conv2d` with a `dilationRate`',
    'Error in gradient of fused conv2D: dilation rates greater than 1 are not yet supported in gradients.',
    "tf.grad((x) => tf.fused.conv2d({ x, filter: tf.ones([2, 1, 1, 1]), strides: 1, pad: 'valid', dilations: [2, 2] }))(tf.ones([1, 3, 1, 1]))",
    [1, 0, 1],
    { issues: [7906] },
  ),
  refused(
    'the gradient of a dilated `tf.depthwiseConv2d`',
    'Error in gradient of depthwiseConv2dNative: dilation rates greater than 1 are not yet supported.',
    "tf.grad((x) => tf.depthwiseConv2d(x, tf.ones([2, 1, 1, 1]), 1, 'valid', 'NHWC', [2, 2]))(tf.ones([1, 3, 1, 1]))",
    [1, 0, 1],
  ),
  refused(
    'the gradient of a gradient of `tf.avgPool`, `tf.maxPool`, `tf.elu` or resizing, as a gradient penalty needs it',
    noGradient('AvgPoolGrad'),
    "tf.grad((x) => tf.grad((z) => tf.square(tf.avgPool(z, 1, 1, 'valid')))(x))(tf.ones([1, 1, 1, 1]))",
    [2],
  ),
  refused(
    'the gradient of `tf.einsum`',
    noGradient('Einsum'),
    "tf.grad((x) => tf.einsum('ij,j->i', x, tf.tensor([2, 3])))(tf.ones([1, 2]))",
    [2, 3],
    { backends: ['cpu', 'webgl', 'webgpu'] },
  ),
  refused(
    'training `tf.layers.conv3dTranspose`',
    noGradient('Conv3DBackpropInputV2'),
    "tf.grad((x) => tf.conv3dTranspose(x, tf.ones([1, 1, 1, 1, 1]), [1, 1, 1, 1, 1], 1, 'valid'))(tf.ones([1, 1, 1, 1, 1]))",
    [1],
  ),
  refused(
    'the gradient of `tf.image.cropAndResize`',
    noGradient('CropAndResize'),
    'tf.grad((x) => tf.image.cropAndResize(x, [[0, 0, 1, 1]], [0], [2, 2]))(tf.ones([1, 2, 2, 1]))',
    [1, 1, 1, 1],
    { backends: ['cpu', 'wasm', 'webgl'] },
  ),
  refused(
    'the gradient of `tf.matMul` that broadcasts a batch',
    "Error in gradient for op BatchMatMul. The gradient of input 'b' has shape '2,1,1', which does not match the shape of the input '1,1,1'",
    'tf.grad((b) => tf.matMul(tf.ones([2, 1, 1]), b))(tf.ones([1, 1, 1]))',
    [2],
    { issues: [8721, 8548] },
  ),
  refused(
    'the gradient of `tf.maximum` that broadcasts',
    wrongShape('Maximum'),
    broadcast('maximum'),
    [0, 1, 1, 0, 1, 1],
  ),
  refused(
    'the gradient of `tf.minimum` that broadcasts',
    wrongShape('Minimum'),
    broadcast('minimum'),
    [1, 0, 0, 1, 1, 1],
  ),
  refused(
    'the gradient of `tf.squaredDifference` that broadcasts',
    wrongShape('SquaredDifference'),
    broadcast('squaredDifference'),
    [-4, 4, 8, -2, -4, -2],
  ),
  compared('Greater', 'tf.greater(x, 0)', [0, 1]),
  compared('Less', 'tf.less(x, 0)', [1, 0]),
  compared('Equal', 'tf.equal(x, 2)', [0, 1]),
  refused(
    'the gradient of `tf.tile` of rank 5',
    'Gradient for tile operation is not implemented for rank-5 tensors yet.',
    'tf.grad((x) => tf.tile(x, [1, 1, 1, 1, 2]))(tf.ones([1, 1, 1, 1, 1]))',
    [2],
  ),
  refused(
    'the gradient of `tf.gather` with two batch axes',
    'Size(4) must match the product of shape 2,2,4',
    "tf.grad((x) => tf.gather(x, tf.zeros([2, 2, 1], 'int32'), 2, 2))(tf.ones([2, 2, 2]))",
    [1, 0, 1, 0, 1, 0, 1, 0],
    { backends: ['cpu', 'webgl', 'webgpu'] },
  ),
  refused(
    'the gradient of `tf.prod` along a negative axis',
    'Error in transpose: rank of input 2 must match length of perm 0,1,-1.',
    'tf.grad((x) => tf.prod(x, -1))(tf.tensor([[2, 3]]))',
    [3, 2],
  ),
  refused(
    'the gradient of `tf.cumsum` along the first axis',
    "Error in gradient for op Cumsum. The gradient of input 'x' has shape '3,2', which does not match the shape of the input '2,3'",
    'tf.grad((x) => tf.cumsum(x, 0))(tf.ones([2, 3]))',
    [2, 2, 2, 1, 1, 1],
  ),
  refused(
    'a gradient inside of the gradient of a `tf.customGrad`, as computing a block again takes it',
    "Cannot read properties of null (reading 'forEach')",
    'tf.grad(tf.customGrad((x, save) => { save([x]); return { value: tf.square(x), gradFunc: (dy, [z]) => tf.grad(tf.square)(z, dy) }; }))(tf.tensor([3]))',
    [6],
  ),
  refused(
    'the gradient of `tf.cumprod`, and the gradient of the gradient of `tf.prod`',
    noGradient('Cumprod'),
    'tf.grad((x) => tf.cumprod(x))(tf.tensor([2, 3]))',
    [4, 2],
  ),
  refused(
    'the gradient of bilinear resizing on cpu, whose height and width are exchanged',
    "Error in gradient for op ResizeBilinear. The gradient of input 'images' has shape '1,3,2,1', which does not match the shape of the input '1,2,3,1'",
    'tf.grad((x) => tf.image.resizeBilinear(x, [1, 3]))(tf.ones([1, 2, 3, 1]))',
    [1, 1, 1, 0, 0, 0],
    { backends: ['cpu'] },
  ),
  refused(
    'the gradient of `tf.batchNorm` without scale',
    "Cannot read properties of undefined (reading 'dtype')",
    'tf.grad((x) => tf.batchNorm(x, tf.tensor([0]), tf.tensor([1]), undefined, undefined, 3))(tf.ones([1, 1]))',
    [0.5],
    { backends: ['wasm'] },
  ),
];
