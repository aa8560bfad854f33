/** Dense layers, and layers that move numbers to other places. */
import type { ExportLayer } from '../call.js';
import { activate, activationOf } from './activation.js';
import { imageOf, imageOutput, sizes } from './windows.js';

/** The last axis of the input times the kernel. */
export const dense: ExportLayer = (call) => {
  const { shape, data } = call.weight('kernel')!;
  const bias = call.weight('bias');
  const x = call.graph.channelsLast(call.input).name;
  const product = call.output('MatMul', [x, call.constant('kernel', shape, data)]);
  const sum = bias
    ? call.output('Add', [product.name, call.constant('bias', bias.shape, bias.data)])
    : product;
  return activate(call, sum, activationOf(call));
};

export const flatten: ExportLayer = (call) => {
  const { graph, input, rank } = call;
  const x = graph.channelsLast(input).name;
  if (call.config.dataFormat !== 'channelsFirst' || rank < 3) return call.output('Flatten', [x]);
  const axes = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const turned = graph.node(`${call.name}/channelsLast`, 'Transpose', [x], { perm: { ints: axes } });
  return call.output('Flatten', [turned]);
};

export const reshape: ExportLayer = (call) => {
  const target = call.option<readonly (number | null)[]>('targetShape').map((size) => size ?? -1);
  const x = call.graph.channelsLast(call.input).name;
  // 0 takes the size of the input: the batch.
  return call.output('Reshape', [x, call.integers('shape', [0, ...target])]);
};

export const permute: ExportLayer = (call) => {
  const x = call.graph.channelsLast(call.input).name;
  return call.output('Transpose', [x], { perm: { ints: [0, ...call.option<readonly number[]>('dims')] } });
};

/** `padding` is [[top, bottom], [left, right]]. */
export const zeroPadding2d: ExportLayer = (call) => {
  const [[top, bottom], [left, right]] = call.option<[[number, number], [number, number]]>('padding');
  const pads = call.integers('pads', [0, 0, top, left, 0, 0, bottom, right]);
  return imageOutput(call, 'Pad', [imageOf(call).x, pads], {});
};

/** tf.layers takes the pixel at floor(i / size), and the line between those at i / size. */
export const upSampling2d: ExportLayer = (call) => {
  const scales = call.constant('scales', [4], Float32Array.of(1, 1, ...sizes(call, 'size', 2, 2)));
  const linear = call.config.interpolation === 'bilinear';
  return imageOutput(call, 'Resize', [imageOf(call).x, '', scales], {
    mode: { text: linear ? 'linear' : 'nearest' },
    coordinate_transformation_mode: { text: 'asymmetric' },
    ...(!linear && { nearest_mode: { text: 'floor' } }),
  });
};
