/** Calls of the kernels that threads share, on sizes that divide by nothing. */
import * as tf from '@tensorflow/tfjs-core';

export interface TrainingCall {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, number[]>>;
  readonly attributes: object;
}

type Image = [number, number, number, number];

interface Convolution {
  readonly x: Image;
  readonly filter: Image;
  readonly strides?: number | [number, number];
  readonly dilations?: number | [number, number];
  readonly pad?: 'valid' | 'same' | tf.backend_util.ExplicitPadding;
}

/** A convolution and both its gradients. */
function convolution(name: string, { x, filter, ...rest }: Convolution): [string, TrainingCall][] {
  const { strides = 1, dilations = 1, pad = 'valid' } = rest;
  const attributes = { strides, dilations, pad, dataFormat: 'NHWC' };
  const dy = tf.backend_util.computeConv2DInfo(x, filter, strides, dilations, pad).outShape;
  const call = (kernel: string, inputs: Record<string, number[]>, more = {}): [string, TrainingCall] => [
    `${kernel}, ${name}`,
    { kernel, inputs, attributes: { ...attributes, ...more } },
  ];
  return [
    call('Conv2D', { x, filter }),
    call('Conv2DBackpropFilter', { x, dy }, { filterShape: filter }),
    call('Conv2DBackpropInput', { dy, filter }, { inputShape: x }),
  ];
}

function product(
  name: string,
  a: number[],
  b: number[],
  [transposeA, transposeB] = [false, false],
): [string, TrainingCall] {
  return [
    `BatchMatMul, ${name}`,
    { kernel: 'BatchMatMul', inputs: { a, b }, attributes: { transposeA, transposeB } },
  ];
}

/** A pooling and the gradients of both kinds. */
function pooling(name: string, x: Image, filterSize: number, strides: number): [string, TrainingCall][] {
  const attributes = { filterSize, strides, pad: 'same' };
  const dy = tf.backend_util.computePool2DInfo(x, filterSize, strides, 1, 'same').outShape;
  const call = (kernel: string, inputs: Record<string, number[]>): [string, TrainingCall] => [
    `${kernel}, ${name}`,
    { kernel, inputs, attributes },
  ];
  return [
    call('AvgPool', { x }),
    call('AvgPoolGrad', { dy, input: x }),
    call('MaxPoolGrad', { dy, input: x, output: dy }),
  ];
}

function activation(kernel: string, saved: string, shape: number[]): [string, TrainingCall] {
  return [`${kernel}, ${shape.join('x')}`, { kernel, inputs: { dy: shape, [saved]: shape }, attributes: {} }];
}

export const trainingCalls: ReadonlyMap<string, TrainingCall> = new Map([
  ...convolution('odd sizes', { x: [7, 13, 11, 3], filter: [5, 3, 3, 6] }),
  ...convolution('one image', { x: [1, 19, 17, 5], filter: [3, 3, 5, 9] }),
  ...convolution('two images', { x: [2, 9, 7, 4], filter: [2, 2, 4, 17] }),
  ...convolution('a stride', { x: [3, 11, 14, 3], filter: [3, 2, 3, 8], strides: [2, 3] }),
  ...convolution('a dilation', { x: [3, 12, 13, 3], filter: [3, 3, 3, 7], dilations: [2, 3] }),
  ...convolution('padding', { x: [5, 8, 9, 2], filter: [4, 3, 2, 11], pad: 'same' }),
  ...convolution('lopsided padding', {
    x: [2, 7, 6, 3],
    filter: [3, 3, 3, 5],
    pad: [
      [0, 0],
      [2, 0],
      [0, 3],
      [0, 0],
    ],
  }),
  ...convolution('many channels', { x: [3, 6, 5, 19], filter: [3, 3, 19, 133] }),
  ...convolution('pointwise', { x: [3, 17, 11, 9], filter: [1, 1, 9, 13] }),
  product('odd sizes', [37, 29], [29, 23]),
  product('one tile', [3, 5], [7, 5], [false, true]),
  product('a deep one', [41, 533], [533, 9]),
  product('a wide one', [9, 517], [517, 601]),
  product('both transposed', [67, 35], [11, 67], [true, true]),
  product('a batch', [3, 21, 8], [3, 8, 19]),
  product('a broadcast batch', [2, 1, 8, 21], [3, 8, 19], [true, false]),
  ...pooling('windows apart', [5, 9, 7, 6], 2, 2),
  ...pooling('windows that overlap', [2, 8, 11, 3], 3, 2),
  ...pooling('one image', [1, 7, 6, 5], 2, 2),
  activation('SigmoidGrad', 'y', [19, 131, 3]),
  activation('ReluGrad', 'x', [5003]),
]);

/** Inputs of a call, which the caller disposes of. */
export function inputsOf({ inputs }: TrainingCall): tf.NamedTensorMap {
  const tensors = Object.entries(inputs).map(([name, shape], i) => {
    const size = tf.util.sizeFromShape(shape);
    return [
      name,
      tf.tidy(() =>
        tf
          .sin(tf.range(0, size).mul(0.7 + i))
          .add(0.1)
          .reshape(shape),
      ),
    ];
  });
  return Object.fromEntries(tensors);
}

export function run({ kernel, attributes }: TrainingCall, inputs: tf.NamedTensorMap): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

/** The bits of a call's result. */
export function bitsOf(call: TrainingCall): Uint32Array {
  const inputs = inputsOf(call);
  const y = run(call, inputs);
  const floats = y.dataSync<'float32'>().slice();
  tf.dispose([y, inputs]);
  return new Uint32Array(floats.buffer);
}
