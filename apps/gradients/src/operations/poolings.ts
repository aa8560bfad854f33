/** Poolings and resizings of images. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation } from '../table/case.js';
import { between, signed } from '../table/values.js';

type Pad = 'valid' | 'same' | number;
type Pair = [number, number];
type Triple = [number, number, number];

const geometries: [name: string, x: number[], window: Pair, strides: Pair, pad: Pad][] = [
  ['2x2', [2, 4, 6, 3], [2, 2], [2, 2], 'valid'],
  ['2x2, pixels left over', [1, 5, 7, 2], [2, 2], [2, 2], 'valid'],
  ['2x2, same, odd size', [1, 5, 7, 2], [2, 2], [2, 2], 'same'],
  ['windows that overlap, same', [2, 5, 4, 1], [3, 3], [2, 2], 'same'],
  ['stride 1, same', [1, 4, 5, 5], [3, 2], [1, 1], 'same'],
  ['strides 1 and 3', [1, 4, 7, 1], [2, 2], [1, 3], 'valid'],
  ['padded by a number', [1, 4, 5, 2], [3, 3], [2, 2], 1],
  ['the whole image', [2, 3, 4, 2], [3, 4], [1, 1], 'valid'],
];

const geometries3D: [name: string, x: number[], window: Triple, strides: Triple, pad: 'valid' | 'same'][] = [
  ['2x2x2', [1, 4, 2, 4, 2], [2, 2, 2], [2, 2, 2], 'valid'],
  ['same, odd size', [1, 3, 5, 3, 1], [2, 2, 2], [2, 2, 2], 'same'],
  ['windows that overlap, same', [2, 3, 4, 3, 1], [3, 2, 3], [1, 2, 1], 'same'],
  ['windows that overlap, valid', [1, 4, 4, 3, 2], [2, 3, 2], [1, 1, 1], 'valid'],
];

type Pool = (x: tf.Tensor4D, window: Pair, strides: Pair, pad: Pad) => tf.Tensor;

function cases(pool: Pool): GradientCase[] {
  return [
    ...geometries.map(([name, x, window, strides, pad]) =>
      operation(name, [signed(x)], (image: tf.Tensor4D) => pool(image, window, strides, pad)),
    ),
    operation('of negative values', [between([1, 4, 5, 2], -2, -0.5)], (x: tf.Tensor4D) =>
      pool(x, [3, 3], [2, 2], 'same'),
    ),
  ];
}

function cases3D(pool: typeof tf.maxPool3d): GradientCase[] {
  return [
    ...geometries3D.map(([name, x, window, strides, pad]) =>
      operation(name, [signed(x)], (volume: tf.Tensor5D) => pool(volume, window, strides, pad)),
    ),
    operation('of negative values', [between([1, 3, 4, 3, 2], -2, -0.5)], (x: tf.Tensor5D) =>
      pool(x, 2, 2, 'same'),
    ),
    operation('no batch', [signed([2, 4, 2, 3])], (x: tf.Tensor4D) => pool(x, 2, 2, 'valid')),
  ];
}

type Resize = (
  images: tf.Tensor4D,
  size: Pair,
  alignCorners?: boolean,
  halfPixelCenters?: boolean,
) => tf.Tensor;

function resizings(resize: Resize): GradientCase[] {
  const shapes: [string, number[], Pair][] = [
    ['twice as large', [2, 3, 4, 3], [6, 8]],
    ['larger by a fraction', [2, 3, 4, 2], [5, 7]],
    ['smaller', [2, 6, 5, 2], [4, 3]],
    ['to one pixel', [1, 3, 3, 1], [1, 1]],
    ['the same size', [2, 3, 2, 1], [3, 2]],
  ];
  const modes: [string, boolean, boolean][] = [
    ['', false, false],
    [', alignCorners', true, false],
    [', halfPixelCenters', false, true],
  ];
  return modes.flatMap(([words, alignCorners, halfPixelCenters]) =>
    shapes.map(([name, x, size]) =>
      operation(name + words, [signed(x)], (images: tf.Tensor4D) =>
        resize(images, size, alignCorners, halfPixelCenters),
      ),
    ),
  );
}

export const poolings: Record<string, GradientCase[]> = {
  AvgPool: cases((x, window, strides, pad) => tf.avgPool(x, window, strides, pad)),
  AvgPool3D: cases3D(tf.avgPool3d),
  MaxPool: cases((x, window, strides, pad) => tf.maxPool(x, window, strides, pad)),
  MaxPool3D: cases3D(tf.maxPool3d),
  ResizeBilinear: resizings(tf.image.resizeBilinear as Resize),
  ResizeNearestNeighbor: resizings(tf.image.resizeNearestNeighbor as Resize),
};
