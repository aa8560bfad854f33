/** Convolutions of every kind: tf.layers has filters as [...window, in, out], ONNX as [out, in, ...window]. */
import { transpose } from '../../transpose.js';
import type { ExportLayer, LayerCall, Weight } from '../call.js';
import { range, type Value } from '../graph.js';
import { activate, activationOf } from './activation.js';
import { imageOf, imageOutput, padsOf, sizes } from './windows.js';

/** Adds a convolution named `name`; gives the name of its output. */
function convolve(
  call: LayerCall,
  x: string,
  filter: Weight,
  bias: Weight | undefined,
  options: { readonly spatial: readonly (number | null)[]; readonly group: number },
): Value {
  const window = filter.shape.slice(2);
  const strides = sizes(call, 'strides', window.length);
  const dilations = sizes(call, 'dilationRate', window.length);
  const reach = window.map((size, axis) => (size - 1) * dilations[axis]! + 1);
  return imageOutput(call, 'Conv', [x, ...constants(call, filter, bias)], {
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: padsOf(call, options.spatial, reach, strides) },
    group: { int: options.group },
  });
}

const constants = (call: LayerCall, filter: Weight, bias: Weight | undefined): string[] => [
  call.constant('kernel', filter.shape, filter.data),
  ...(bias ? [call.constant('bias', bias.shape, bias.data)] : []),
];

/** [...window, a, b] as [b, a, ...window]. */
function turned({ shape, data }: Weight): Weight {
  const rank = shape.length;
  const axes = [rank - 1, rank - 2, ...range(0, rank - 2)];
  return { shape: axes.map((axis) => shape[axis]!), data: transpose(data, shape, axes) };
}

/** [height, width, channels, multiplier] as [channels * multiplier, 1, height, width]. */
function depthwiseFilter({ shape, data }: Weight): Weight {
  const [height, width, channels, multiplier] = shape as [number, number, number, number];
  return { shape: [channels * multiplier, 1, height, width], data: transpose(data, shape, [2, 3, 0, 1]) };
}

const withActivation = (call: LayerCall, y: Value): Value => activate(call, y, activationOf(call));

export const convolution: ExportLayer = (call) => {
  const { x, spatial } = imageOf(call);
  const filter = turned(call.weight('kernel')!);
  return withActivation(call, convolve(call, x, filter, call.weight('bias'), { spatial, group: 1 }));
};

export const depthwise: ExportLayer = (call) => {
  const { x, spatial } = imageOf(call);
  if (sizes(call, 'dilationRate', 2).some((rate) => rate !== 1)) {
    call.refuse("option 'dilationRate': expected 1, tf.layers leaves it out in a depthwise convolution");
  }
  const filter = call.weight('depthwise_kernel')!;
  const group = filter.shape[2]!;
  return withActivation(
    call,
    convolve(call, x, depthwiseFilter(filter), call.weight('bias'), { spatial, group }),
  );
};

export const separable: ExportLayer = (call) => {
  const { x, spatial } = imageOf(call);
  const filter = call.weight('depthwise_kernel')!;
  const group = filter.shape[2]!;
  const middle = convolve(call, x, depthwiseFilter(filter), undefined, { spatial, group });
  const inputs = constants(call, turned(call.weight('pointwise_kernel')!), call.weight('bias'));
  return withActivation(call, imageOutput(call, 'Conv', [middle.name, ...inputs], {}));
};

/** The gradient of a convolution by its input; the filter is [...window, out, in]. */
export const transposed: ExportLayer = (call) => {
  const { x } = imageOf(call);
  const filter = turned(call.weight('kernel')!);
  const window = filter.shape.slice(2);
  const strides = sizes(call, 'strides', window.length);
  if (sizes(call, 'dilationRate', window.length).some((rate) => rate !== 1)) {
    call.refuse("option 'dilationRate': expected 1, tf.layers has no other for transposed convolutions");
  }
  const same = call.config.padding === 'same';
  const totals = window.map((size, axis) => (same ? Math.max(size - strides[axis]!, 0) : 0));
  const begins = totals.map((total) => Math.floor(total / 2));
  const y = imageOutput(call, 'ConvTranspose', [x, ...constants(call, filter, call.weight('bias'))], {
    strides: { ints: strides },
    pads: { ints: [...begins, ...totals.map((total, axis) => total - begins[axis]!)] },
    // A stride beyond the window leaves places at the end that no window reaches.
    output_padding: { ints: window.map((size, axis) => Math.max(strides[axis]! - size, 0)) },
  });
  return withActivation(call, y);
};
