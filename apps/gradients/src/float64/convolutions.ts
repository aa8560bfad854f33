/** Convolutions and their gradients: three faces of one sum over products x * filter -> y. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray, sizeOf } from './array.js';
import { defineKernel } from './backend.js';
import { forEachPlace, type Windows, windows2D, windows3D } from './windows.js';

/** Calls `visit` with the indices of x, filter and y of every product. */
export type ForEachProduct = (
  windows: Windows,
  visit: (x: number, filter: number, y: number) => void,
) => void;

/** A filter [..., inChannels, outChannels], each of whose weights meets every pair of channels. */
const fullProducts: ForEachProduct = (windows, visit) => {
  const { inChannels, outChannels } = windows;
  forEachPlace(windows, (input, place, output) => {
    for (let c = 0; c < inChannels; ++c) {
      for (let o = 0; o < outChannels; ++o) {
        visit(input * inChannels + c, (place * inChannels + c) * outChannels + o, output * outChannels + o);
      }
    }
  });
};

/** A filter [..., inChannels, multiplier]: channel c of x makes the channels c * multiplier and following of y. */
const depthwiseProducts: ForEachProduct = (windows, visit) => {
  const { inChannels, outChannels } = windows;
  const multiplier = outChannels / inChannels;
  forEachPlace(windows, (input, place, output) => {
    for (let o = 0; o < outChannels; ++o) {
      const c = Math.floor(o / multiplier);
      visit(input * inChannels + c, place * outChannels + o, output * outChannels + o);
    }
  });
};

function forward(products: ForEachProduct, x: Float64NdArray, filter: Float64NdArray, windows: Windows) {
  const y = array(windows.outShape);
  products(windows, (i, f, o) => {
    y.data[o]! += x.data[i]! * filter.data[f]!;
  });
  return y;
}

function inputGradient(
  products: ForEachProduct,
  dy: Float64NdArray,
  filter: Float64NdArray,
  windows: Windows,
) {
  const dx = array(windows.inShape);
  products(windows, (i, f, o) => {
    dx.data[i]! += dy.data[o]! * filter.data[f]!;
  });
  return dx;
}

function filterGradient(
  products: ForEachProduct,
  x: Float64NdArray,
  dy: Float64NdArray,
  shape: number[],
  windows: Windows,
) {
  const dw = array(shape, new Float64Array(sizeOf(shape)));
  products(windows, (i, f, o) => {
    dw.data[f]! += x.data[i]! * dy.data[o]!;
  });
  return dw;
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

interface Attributes2D {
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dilations?: [number, number] | number;
  dataFormat?: string;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

export function convolution2D(
  xShape: number[],
  filterShape: number[],
  { strides, pad, dilations, dataFormat, dimRoundingMode }: Attributes2D,
  isDepthwise = false,
): Windows {
  if (dataFormat === 'NCHW') throw new Error('the float64 backend convolves with channels last only');
  return windows2D(
    tf.backend_util.computeConv2DInfo(
      xShape as Shape4D,
      filterShape as Shape4D,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      isDepthwise,
    ),
  );
}

function convolution3D(xShape: number[], filterShape: number[], attributes: tf.Conv3DAttrs): Windows {
  const { strides, pad, dilations } = attributes;
  return windows3D(
    tf.backend_util.computeConv3DInfo(
      xShape as Shape5D,
      filterShape as Shape5D,
      strides,
      dilations ?? 1,
      pad,
    ),
  );
}

export const conv2D = (x: Float64NdArray, filter: Float64NdArray, attributes: Attributes2D) =>
  forward(fullProducts, x, filter, convolution2D(x.shape, filter.shape, attributes));

export const depthwiseConv2D = (x: Float64NdArray, filter: Float64NdArray, attributes: Attributes2D) =>
  forward(depthwiseProducts, x, filter, convolution2D(x.shape, filter.shape, attributes, true));

defineKernel<Attributes2D>(tf.Conv2D, ({ x, filter }, attributes) => conv2D(x!, filter!, attributes));
defineKernel<Attributes2D & { inputShape: number[] }>(tf.Conv2DBackpropInput, ({ dy, filter }, attributes) =>
  inputGradient(fullProducts, dy!, filter!, convolution2D(attributes.inputShape, filter!.shape, attributes)),
);
defineKernel<Attributes2D & { filterShape: number[] }>(tf.Conv2DBackpropFilter, ({ x, dy }, attributes) => {
  const { filterShape } = attributes;
  return filterGradient(fullProducts, x!, dy!, filterShape, convolution2D(x!.shape, filterShape, attributes));
});

defineKernel<Attributes2D>(tf.DepthwiseConv2dNative, ({ x, filter }, attributes) =>
  depthwiseConv2D(x!, filter!, attributes),
);
defineKernel<Attributes2D & { inputShape: number[] }>(
  tf.DepthwiseConv2dNativeBackpropInput,
  ({ dy, filter }, attributes) => {
    const windows = convolution2D(attributes.inputShape, filter!.shape, attributes, true);
    return inputGradient(depthwiseProducts, dy!, filter!, windows);
  },
);
defineKernel<Attributes2D & { filterShape: number[] }>(
  tf.DepthwiseConv2dNativeBackpropFilter,
  ({ x, dy }, attributes) => {
    const { filterShape } = attributes;
    const windows = convolution2D(x!.shape, filterShape, attributes, true);
    return filterGradient(depthwiseProducts, x!, dy!, filterShape, windows);
  },
);

defineKernel<tf.Conv3DAttrs>(tf.Conv3D, ({ x, filter }, attributes) =>
  forward(fullProducts, x!, filter!, convolution3D(x!.shape, filter!.shape, attributes)),
);
defineKernel<tf.Conv3DAttrs & { inputShape: number[] }>(
  tf.Conv3DBackpropInputV2,
  ({ dy, filter }, attributes) =>
    inputGradient(
      fullProducts,
      dy!,
      filter!,
      convolution3D(attributes.inputShape, filter!.shape, attributes),
    ),
);
defineKernel<tf.Conv3DAttrs & { filterShape: number[] }>(
  tf.Conv3DBackpropFilterV2,
  ({ x, dy }, attributes) => {
    const { filterShape } = attributes;
    return filterGradient(
      fullProducts,
      x!,
      dy!,
      filterShape,
      convolution3D(x!.shape, filterShape, attributes),
    );
  },
);
