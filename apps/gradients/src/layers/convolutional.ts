/** Convolutions, poolings and what changes the size of images. */
import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from '../table/case.js';
import { between, signed } from '../table/values.js';
import { layerCase } from './layerCase.js';

const image = () => signed([2, 5, 4, 3]);
const series = () => signed([2, 7, 3]);
const volume = () => signed([1, 3, 4, 3, 2]);
const same = { padding: 'same' } as const;

export const convolutional: Record<string, GradientCase[]> = {
  conv1d: [
    layerCase('valid', () => tf.layers.conv1d({ filters: 2, kernelSize: 3 }), [series()]),
    layerCase('same, stride 2', () => tf.layers.conv1d({ filters: 2, kernelSize: 3, strides: 2, ...same }), [
      series(),
    ]),
    layerCase('dilation 2', () => tf.layers.conv1d({ filters: 2, kernelSize: 2, dilationRate: 2 }), [
      series(),
    ]),
  ],
  conv2d: [
    layerCase('valid, relu', () => tf.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }), [
      image(),
    ]),
    layerCase(
      'same, stride 2',
      () => tf.layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: 2, ...same }),
      [image()],
    ),
    layerCase(
      '1x3, stride 2, same',
      () => tf.layers.conv2d({ filters: 3, kernelSize: [1, 3], strides: 2, ...same }),
      [image()],
    ),
    layerCase('dilation 2', () => tf.layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2, ...same }), [
      image(),
    ]),
    layerCase(
      'dilation 2, relu',
      () => tf.layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, activation: 'relu' }),
      [image()],
    ),
    layerCase(
      'channels first',
      () => tf.layers.conv2d({ filters: 2, kernelSize: 2, dataFormat: 'channelsFirst' }),
      [signed([2, 3, 4, 5])],
    ),
  ],
  conv2dTranspose: [
    layerCase('valid', () => tf.layers.conv2dTranspose({ filters: 2, kernelSize: 3 }), [
      signed([2, 3, 2, 3]),
    ]),
    layerCase(
      'stride 2, same',
      () => tf.layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, ...same }),
      [signed([2, 3, 2, 3])],
    ),
  ],
  conv3d: [
    layerCase('valid', () => tf.layers.conv3d({ filters: 2, kernelSize: 2 }), [volume()]),
    layerCase('same, stride 2', () => tf.layers.conv3d({ filters: 2, kernelSize: 3, strides: 2, ...same }), [
      volume(),
    ]),
  ],
  conv3dTranspose: [
    layerCase('valid', () => tf.layers.conv3dTranspose({ filters: 2, kernelSize: 2 }), [
      signed([1, 2, 2, 2, 2]),
    ]),
    layerCase(
      'stride 2, same',
      () => tf.layers.conv3dTranspose({ filters: 1, kernelSize: 2, strides: 2, ...same }),
      [signed([1, 2, 1, 2, 2])],
    ),
  ],
  cropping2D: [
    layerCase(
      'uneven',
      () =>
        tf.layers.cropping2D({
          cropping: [
            [1, 0],
            [1, 1],
          ],
        }),
      [image()],
    ),
  ],
  depthwiseConv2d: [
    layerCase('valid', () => tf.layers.depthwiseConv2d({ kernelSize: 3 }), [image()]),
    layerCase(
      'same, multiplier 2',
      () => tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, ...same }),
      [image()],
    ),
    layerCase('stride 2, same', () => tf.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, ...same }), [
      image(),
    ]),
  ],
  separableConv2d: [
    layerCase('valid', () => tf.layers.separableConv2d({ filters: 2, kernelSize: 2 }), [image()]),
    layerCase(
      'same, stride 2',
      () => tf.layers.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, ...same }),
      [image()],
    ),
    layerCase('dilation 2', () => tf.layers.separableConv2d({ filters: 2, kernelSize: 2, dilationRate: 2 }), [
      image(),
    ]),
  ],
  upSampling2d: [
    layerCase('nearest', () => tf.layers.upSampling2d({ size: [2, 3] }), [signed([2, 2, 3, 2])]),
    layerCase('bilinear', () => tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' }), [
      signed([2, 2, 3, 2]),
    ]),
    layerCase('channels first', () => tf.layers.upSampling2d({ size: [2, 2], dataFormat: 'channelsFirst' }), [
      signed([2, 2, 2, 3]),
    ]),
  ],
  zeroPadding2d: [
    layerCase(
      'uneven',
      () =>
        tf.layers.zeroPadding2d({
          padding: [
            [1, 0],
            [0, 2],
          ],
        }),
      [image()],
    ),
  ],
  averagePooling1d: [
    layerCase('valid', () => tf.layers.averagePooling1d({ poolSize: 2 }), [series()]),
    layerCase('same', () => tf.layers.averagePooling1d({ poolSize: 3, strides: 2, ...same }), [series()]),
  ],
  averagePooling2d: [
    layerCase('valid', () => tf.layers.averagePooling2d({ poolSize: 2 }), [image()]),
    layerCase('same', () => tf.layers.averagePooling2d({ poolSize: 3, strides: 2, ...same }), [image()]),
  ],
  averagePooling3d: [
    layerCase('valid', () => tf.layers.averagePooling3d({ poolSize: 2, strides: 2 } as never), [volume()]),
    layerCase('same', () => tf.layers.averagePooling3d({ poolSize: 2, strides: 2, ...same } as never), [
      volume(),
    ]),
  ],
  globalAveragePooling1d: [layerCase('a series', () => tf.layers.globalAveragePooling1d({}), [series()])],
  globalAveragePooling2d: [layerCase('an image', () => tf.layers.globalAveragePooling2d({}), [image()])],
  globalMaxPooling1d: [layerCase('a series', () => tf.layers.globalMaxPooling1d({}), [series()])],
  globalMaxPooling2d: [layerCase('an image', () => tf.layers.globalMaxPooling2d({}), [image()])],
  maxPooling1d: [
    layerCase('valid', () => tf.layers.maxPooling1d({ poolSize: 2 }), [series()]),
    layerCase('same', () => tf.layers.maxPooling1d({ poolSize: 3, strides: 2, ...same }), [series()]),
  ],
  maxPooling2d: [
    layerCase('valid', () => tf.layers.maxPooling2d({ poolSize: 2 }), [image()]),
    layerCase('same', () => tf.layers.maxPooling2d({ poolSize: 3, strides: 2, ...same }), [image()]),
  ],
  maxPooling3d: [
    layerCase('valid', () => tf.layers.maxPooling3d({ poolSize: 2, strides: 2 } as never), [volume()]),
    layerCase(
      'same, negative values',
      () => tf.layers.maxPooling3d({ poolSize: 2, strides: 2, ...same } as never),
      [between([1, 3, 4, 3, 2], -2, -0.5)],
    ),
  ],
  centerCrop: [layerCase('smaller', () => tf.layers.centerCrop({ height: 3, width: 2 }), [image()])],
  randomWidth: [
    layerCase(
      'bilinear',
      () => tf.layers.randomWidth({ factor: [0.5, 0.51], interpolation: 'bilinear', seed: 3 } as never),
      [image()],
    ),
  ],
  rescaling: [layerCase('scale and offset', () => tf.layers.rescaling({ scale: 0.5, offset: 2 }), [image()])],
  resizing: [
    layerCase('bilinear', () => tf.layers.resizing({ height: 3, width: 6, interpolation: 'bilinear' }), [
      image(),
    ]),
    layerCase('nearest', () => tf.layers.resizing({ height: 7, width: 3, interpolation: 'nearest' }), [
      image(),
    ]),
  ],
};
