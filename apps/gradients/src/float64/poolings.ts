/** Mean, maximum and dilation over windows. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray } from './array.js';
import { defineKernel } from './backend.js';
import { forEachPlace, outputPixels, type Windows, windows2D, windows3D } from './windows.js';

interface Pooling {
  filterSize: number | number[];
  strides: number | number[];
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function pooling2D(shape: number[], { filterSize, strides, pad, dimRoundingMode }: Pooling): Windows {
  const info = tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize as [number, number],
    strides as [number, number],
    1,
    pad,
    dimRoundingMode,
  );
  return windows2D(info);
}

function pooling3D(shape: number[], { filterSize, strides, pad, dimRoundingMode }: Pooling): Windows {
  const info = tf.backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize as [number, number, number],
    strides as [number, number, number],
    1,
    pad,
    dimRoundingMode,
  );
  return windows3D(info);
}

/** How many pixels of the image each window holds. Padding does not count. */
function pixelsInside(windows: Windows): Float64Array {
  const counts = new Float64Array(outputPixels(windows));
  forEachPlace(windows, (_, __, output) => {
    counts[output]! += 1;
  });
  return counts;
}

function averagePool(x: Float64NdArray, windows: Windows): Float64NdArray {
  const y = array(windows.outShape);
  const counts = pixelsInside(windows);
  const channels = windows.inChannels;
  forEachPlace(windows, (input, _, output) => {
    for (let c = 0; c < channels; ++c)
      y.data[output * channels + c]! += x.data[input * channels + c]! / counts[output]!;
  });
  return y;
}

function averagePoolGradient(dy: Float64NdArray, windows: Windows): Float64NdArray {
  const dx = array(windows.inShape);
  const counts = pixelsInside(windows);
  const channels = windows.inChannels;
  forEachPlace(windows, (input, _, output) => {
    for (let c = 0; c < channels; ++c)
      dx.data[input * channels + c]! += dy.data[output * channels + c]! / counts[output]!;
  });
  return dx;
}

/** Where the largest value of each window is in x: the first of equal ones. */
function largestPlaces(x: Float64NdArray, windows: Windows): Int32Array {
  const channels = windows.inChannels;
  const places = new Int32Array(outputPixels(windows) * channels).fill(-1);
  forEachPlace(windows, (input, _, output) => {
    for (let c = 0; c < channels; ++c) {
      const at = output * channels + c;
      const best = places[at]!;
      if (best < 0 || x.data[input * channels + c]! > x.data[best]!) places[at] = input * channels + c;
    }
  });
  return places;
}

function maxPool(x: Float64NdArray, windows: Windows): Float64NdArray {
  return array(
    windows.outShape,
    Float64Array.from(largestPlaces(x, windows), (place) => x.data[place]!),
  );
}

function maxPoolGradient(dy: Float64NdArray, x: Float64NdArray, windows: Windows): Float64NdArray {
  const dx = array(windows.inShape);
  largestPlaces(x, windows).forEach((place, at) => {
    dx.data[place]! += dy.data[at]!;
  });
  return dx;
}

defineKernel<Pooling>(tf.AvgPool, ({ x }, attributes) => averagePool(x!, pooling2D(x!.shape, attributes)));
defineKernel<Pooling>(tf.AvgPool3D, ({ x }, attributes) => averagePool(x!, pooling3D(x!.shape, attributes)));
defineKernel<Pooling>(tf.AvgPoolGrad, ({ dy, input }, attributes) =>
  averagePoolGradient(dy!, pooling2D(input!.shape, attributes)),
);
defineKernel<Pooling>(tf.AvgPool3DGrad, ({ dy, input }, attributes) =>
  averagePoolGradient(dy!, pooling3D(input!.shape, attributes)),
);
defineKernel<Pooling>(tf.MaxPool, ({ x }, attributes) => maxPool(x!, pooling2D(x!.shape, attributes)));
defineKernel<Pooling>(tf.MaxPool3D, ({ x }, attributes) => maxPool(x!, pooling3D(x!.shape, attributes)));
defineKernel<Pooling>(tf.MaxPoolGrad, ({ dy, input }, attributes) =>
  maxPoolGradient(dy!, input!, pooling2D(input!.shape, attributes)),
);
defineKernel<Pooling>(tf.MaxPool3DGrad, ({ dy, input }, attributes) =>
  maxPoolGradient(dy!, input!, pooling3D(input!.shape, attributes)),
);

function dilation(
  x: Float64NdArray,
  filter: Float64NdArray,
  { strides, pad, dilations }: tf.Dilation2DAttrs,
): Windows {
  const info = tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides,
    pad,
    'NHWC',
    dilations,
  );
  return windows2D(info);
}

/** The place, in x and in the filter, of the largest x + filter of each window. */
function largestSums(x: Float64NdArray, filter: Float64NdArray, windows: Windows) {
  const channels = windows.inChannels;
  const size = outputPixels(windows) * channels;
  const best = {
    values: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
    x: new Int32Array(size),
    filter: new Int32Array(size),
  };
  forEachPlace(windows, (input, place, output) => {
    for (let c = 0; c < channels; ++c) {
      const at = output * channels + c;
      const value = x.data[input * channels + c]! + filter.data[place * channels + c]!;
      if (value <= best.values[at]!) continue;
      best.values[at] = value;
      best.x[at] = input * channels + c;
      best.filter[at] = place * channels + c;
    }
  });
  return best;
}

defineKernel<tf.Dilation2DAttrs>(tf.Dilation2D, ({ x, filter }, attributes) => {
  const windows = dilation(x!, filter!, attributes);
  return array(windows.outShape, largestSums(x!, filter!, windows).values);
});
defineKernel<tf.Dilation2DAttrs>(tf.Dilation2DBackpropInput, ({ x, filter, dy }, attributes) => {
  const dx = array(x!.shape);
  largestSums(x!, filter!, dilation(x!, filter!, attributes)).x.forEach((place, at) => {
    dx.data[place]! += dy!.data[at]!;
  });
  return dx;
});
defineKernel<tf.Dilation2DAttrs>(tf.Dilation2DBackpropFilter, ({ x, filter, dy }, attributes) => {
  const dw = array(filter!.shape);
  largestSums(x!, filter!, dilation(x!, filter!, attributes)).filter.forEach((place, at) => {
    dw.data[place]! += dy!.data[at]!;
  });
  return dw;
});
