/** Convolutions of one, two and three dimensions, with and without a fused activation. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation } from '../table/case.js';
import { between, signed } from '../table/values.js';

type Pad =
  | 'valid'
  | 'same'
  | number
  | [[number, number], [number, number], [number, number], [number, number]];
type Pair = [number, number];

interface Geometry {
  name: string;
  /** [batch, height, width, channels] */
  x: number[];
  /** [height, width, inChannels, outChannels] */
  filter: number[];
  strides?: Pair;
  pad?: Pad;
  dilations?: Pair;
}

const geometries: Geometry[] = [
  { name: 'valid', x: [2, 5, 4, 3], filter: [3, 2, 3, 5] },
  { name: 'same', x: [2, 5, 4, 3], filter: [3, 3, 3, 2], pad: 'same' },
  { name: 'same, even window', x: [1, 5, 4, 2], filter: [2, 4, 2, 3], pad: 'same' },
  { name: 'stride 2, same', x: [1, 5, 6, 2], filter: [3, 3, 2, 3], strides: [2, 2], pad: 'same' },
  { name: 'stride 2, valid, pixels left over', x: [1, 6, 7, 2], filter: [3, 2, 2, 3], strides: [2, 2] },
  { name: 'strides 1 and 3', x: [1, 5, 7, 1], filter: [2, 3, 1, 4], strides: [1, 3], pad: 'same' },
  {
    name: 'window smaller than the stride',
    x: [1, 5, 5, 2],
    filter: [1, 3, 2, 2],
    strides: [2, 2],
    pad: 'same',
  },
  { name: '1x1', x: [2, 3, 3, 4], filter: [1, 1, 4, 3] },
  { name: '1x1, stride 2', x: [1, 5, 5, 3], filter: [1, 1, 3, 2], strides: [2, 2] },
  { name: 'padded by a number', x: [1, 4, 5, 2], filter: [3, 3, 2, 2], pad: 1 },
  {
    name: 'padded unevenly',
    x: [1, 4, 5, 2],
    filter: [3, 3, 2, 2],
    pad: [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
  },
  { name: 'dilation 2, same', x: [1, 6, 5, 2], filter: [3, 3, 2, 3], pad: 'same', dilations: [2, 2] },
  { name: 'dilations 1 and 3, valid', x: [2, 4, 8, 1], filter: [2, 3, 1, 2], dilations: [1, 3] },
  { name: 'filter larger than x, same', x: [1, 2, 3, 2], filter: [5, 5, 2, 2], pad: 'same' },
];

type Conv = (x: tf.Tensor4D, filter: tf.Tensor4D, strides: Pair, pad: Pad, dilations: Pair) => tf.Tensor;

function cases(compute: Conv, which = geometries): GradientCase[] {
  return which.map(({ name, x, filter, strides = [1, 1], pad = 'valid', dilations = [1, 1] }) =>
    operation(name, [signed(x, 1), signed(filter, 2)], (image: tf.Tensor4D, weights: tf.Tensor4D) =>
      compute(image, weights, strides, pad, dilations),
    ),
  );
}

/** tfjs's depthwise convolution has one stride for both directions. */
const square = geometries.filter(({ strides }) => strides === undefined || strides[0] === strides[1]);

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid'] as const;

function fusedCases(which: 'conv2d' | 'depthwiseConv2d', filter: number[], channels: number): GradientCase[] {
  const fused = tf.fused[which] as typeof tf.fused.conv2d;
  const make = (name: string, options: object) =>
    operation(
      name,
      [signed([2, 5, 4, 3], 1), signed(filter, 2), signed([channels], 3)],
      (x: tf.Tensor4D, weights: tf.Tensor4D, bias: tf.Tensor1D) =>
        fused({ x, filter: weights, bias, strides: 1, pad: 'same', ...options }),
    );
  return [
    ...activations.map((activation) => make(`${activation}, with a bias`, { activation })),
    ...activations.map((activation) => make(`${activation}, dilation 2`, { activation, dilations: [2, 2] })),
    make('linear, stride 2', { activation: 'linear', strides: 2 }),
  ];
}

type Triple = [number, number, number];

function cases3D(): GradientCase[] {
  const make = (
    name: string,
    x: number[],
    filter: number[],
    strides: Triple | number,
    pad: 'valid' | 'same',
  ) =>
    operation(name, [signed(x, 1), signed(filter, 2)], (volume: tf.Tensor5D, weights: tf.Tensor5D) =>
      tf.conv3d(volume, weights, strides, pad),
    );
  return [
    make('valid', [1, 4, 4, 4, 2], [2, 2, 2, 2, 3], 1, 'valid'),
    make('same', [2, 3, 4, 2, 1], [3, 2, 3, 1, 2], 1, 'same'),
    make('stride 2, same', [1, 5, 4, 3, 2], [3, 3, 3, 2, 1], 2, 'same'),
    make('strides 1, 2 and 3', [1, 3, 5, 7, 1], [2, 1, 3, 1, 2], [1, 2, 3], 'valid'),
    make('1x1x1', [2, 2, 3, 2, 3], [1, 1, 1, 3, 2], 1, 'valid'),
    make('no batch', [3, 4, 3, 2], [2, 2, 2, 2, 2], 1, 'valid'),
  ];
}

function dilationCases(): GradientCase[] {
  const make = (
    name: string,
    x: number[],
    filter: number[],
    strides: Pair,
    pad: 'valid' | 'same',
    rates: Pair,
  ) =>
    operation(
      name,
      [signed(x, 1), between(filter, -0.05, 0.05, 2)],
      (image: tf.Tensor4D, weights: tf.Tensor3D) => tf.dilation2d(image, weights, strides, pad, rates),
    );
  return [
    make('valid', [2, 4, 5, 2], [2, 3, 2], [1, 1], 'valid', [1, 1]),
    make('same', [1, 5, 4, 3], [3, 3, 3], [1, 1], 'same', [1, 1]),
    make('stride 2, same', [2, 5, 5, 1], [3, 2, 1], [2, 2], 'same', [1, 1]),
    make('dilation 2', [1, 6, 5, 2], [2, 2, 2], [1, 1], 'valid', [2, 2]),
  ];
}

export const convolutions: Record<string, GradientCase[]> = {
  Conv2D: [
    ...cases((x, filter, strides, pad, dilations) => tf.conv2d(x, filter, strides, pad, 'NHWC', dilations)),
    operation(
      'no batch',
      [signed([4, 5, 2], 1), signed([3, 3, 2, 2], 2)],
      (x: tf.Tensor3D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, 'same'),
    ),
    operation('conv1d', [signed([2, 7, 2], 1), signed([3, 2, 3], 2)], (x: tf.Tensor3D, filter: tf.Tensor3D) =>
      tf.conv1d(x, filter, 2, 'same'),
    ),
  ],
  Conv2DBackpropInput: (
    [
      ['valid', [2, 3, 2, 3], [3, 2, 2, 3], [2, 5, 3, 2], [1, 1], 'valid'],
      ['same', [1, 3, 4, 2], [3, 3, 3, 2], [1, 3, 4, 3], [1, 1], 'same'],
      ['stride 2, same', [2, 3, 2, 2], [3, 3, 1, 2], [2, 6, 4, 1], [2, 2], 'same'],
      ['stride 2, odd size', [1, 3, 2, 2], [2, 2, 3, 2], [1, 5, 3, 3], [2, 2], 'same'],
      ['stride 3, valid', [1, 2, 2, 2], [2, 2, 2, 2], [1, 6, 5, 2], [3, 3], 'valid'],
    ] as [string, number[], number[], [number, number, number, number], Pair, 'valid' | 'same'][]
  ).map(([name, dy, filter, outputShape, strides, pad]) =>
    operation(
      `transposed, ${name}`,
      [signed(dy, 1), signed(filter, 2)],
      (x: tf.Tensor4D, weights: tf.Tensor4D) => tf.conv2dTranspose(x, weights, outputShape, strides, pad),
    ),
  ),
  Conv3D: cases3D(),
  DepthwiseConv2dNative: cases(
    (x, filter, strides, pad, dilations) =>
      tf.depthwiseConv2d(x, filter, strides, pad as 'same', 'NHWC', dilations),
    square,
  ),
  Dilation2D: dilationCases(),
};

/** Not in tfjs's registry: their gradients are part of the operation. */
export const fusedConvolutions: Record<string, GradientCase[]> = {
  FusedConv2D: fusedCases('conv2d', [3, 3, 3, 2], 2),
  FusedDepthwiseConv2D: fusedCases('depthwiseConv2d', [3, 2, 3, 2], 6),
};
