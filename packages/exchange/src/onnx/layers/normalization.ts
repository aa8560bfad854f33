/** The five normalizations, as they infer. Gamma and beta are per channel, and 1 and 0 if the layer has none. */
import type { ExportLayer, LayerCall } from '../call.js';
import type { Value } from '../graph.js';

const channelsOf = (call: LayerCall, axis: number): number => {
  const channels = call.input.shape[axis];
  return channels ?? call.refuse('the number of its channels is not known: give the model an inputShape');
};

/** The axes that an option names, counted from 0. */
function axesOf(call: LayerCall): number[] {
  const axis = call.option<number | readonly number[] | undefined>('axis') ?? -1;
  return [axis].flat().map((value) => (value < 0 ? value + call.rank : value));
}

/** The input with the axis of the channels second. */
function channelsSecond(call: LayerCall): { readonly x: Value; readonly axis: number } {
  const [axis, ...more] = axesOf(call);
  if (more.length === 0 && axis === call.rank - 1) return { x: call.graph.channelsFirst(call.input), axis };
  if (more.length === 0 && axis === 1) return { x: call.graph.channelsLast(call.input), axis };
  return call.refuse(
    `option 'axis': expected the last axis or 1, got [${axesOf(call).join(', ')}]; permute its input`,
  );
}

/** A weight with one number for each channel, or a constant in its place. */
function perChannel(call: LayerCall, name: string, channels: number, otherwise: number): string {
  const data = call.weight(name)?.data ?? new Float32Array(channels).fill(otherwise);
  return call.constant(name, [channels], data);
}

const epsilonOf = (call: LayerCall) => ({ float: call.option<number>('epsilon') });

export const batchNormalization: ExportLayer = (call) => {
  const { x, axis } = channelsSecond(call);
  const channels = channelsOf(call, axis);
  const constants = [
    ...[perChannel(call, 'gamma', channels, 1), perChannel(call, 'beta', channels, 0)],
    ...[perChannel(call, 'moving_mean', channels, 0), perChannel(call, 'moving_variance', channels, 1)],
  ];
  const attributes = { epsilon: epsilonOf(call) };
  return call.output('BatchNormalization', [x.name, ...constants], attributes, x.channelsFirst);
};

export const groupNormalization: ExportLayer = (call) => groups(call, call.option<number>('groups'));

/** Groups of one channel each. */
export const instanceNormalization: ExportLayer = (call) => groups(call, -1);

function groups(call: LayerCall, count: number): Value {
  const { x, axis } = channelsSecond(call);
  const channels = channelsOf(call, axis);
  const constants = [perChannel(call, 'gamma', channels, 1), perChannel(call, 'beta', channels, 0)];
  const attributes = { epsilon: epsilonOf(call), num_groups: { int: count === -1 ? channels : count } };
  if (call.rank > 2) {
    return call.output('GroupNormalization', [x.name, ...constants], attributes, x.channelsFirst);
  }
  // ONNX's operator wants an axis behind the channels.
  const { graph, name } = call;
  const long = graph.node(`${name}/long`, 'Reshape', [x.name, call.integers('longShape', [0, channels, 1])]);
  const normalized = graph.node(`${name}/normalized`, 'GroupNormalization', [long, ...constants], attributes);
  return call.output('Reshape', [normalized, call.integers('shape', [0, channels])]);
}

/** The first of the axes, which are the last ones of the input. */
function firstAxis(call: LayerCall): number {
  const axes = axesOf(call);
  const first = call.rank - axes.length;
  if (axes.every((axis, i) => axis === first + i)) return first;
  return call.refuse(`option 'axis': expected the last axes, got [${axes.join(', ')}]; permute its input`);
}

export const layerNormalization: ExportLayer = (call) => {
  const first = firstAxis(call);
  const shape = call.input.shape.slice(first).map((_, i) => channelsOf(call, first + i));
  const elements = shape.reduce((product, size) => product * size, 1);
  const gamma = call.weight('gamma')?.data ?? new Float32Array(elements).fill(1);
  const beta = call.weight('beta')?.data ?? new Float32Array(elements);
  const x = call.graph.channelsLast(call.input);
  if (call.config.rmsScaling === true)
    return dividedByDeviation(call, x.name, first, call.constant('gamma', shape, gamma));
  const constants = [call.constant('gamma', shape, gamma), call.constant('beta', shape, beta)];
  return call.output('LayerNormalization', [x.name, ...constants], {
    epsilon: epsilonOf(call),
    axis: { int: first - call.rank },
  });
};

/** x / sqrt(variance(x) + epsilon) * gamma: rmsScaling of Keras, without beta. */
function dividedByDeviation(call: LayerCall, x: string, first: number, gamma: string): Value {
  const { graph, name } = call;
  const centered = graph.node(`${name}/centered`, 'Sub', [x, meanOf(call, x, first)]);
  const normalized = graph.node(`${name}/normalized`, 'Div', [x, rootOf(call, centered, first)]);
  return call.output('Mul', [normalized, gamma]);
}

/** The mean over the last axes. */
function meanOf(call: LayerCall, x: string, first: number): string {
  const axes = call.input.shape.slice(first).map((_, i) => first + i);
  return call.graph.node(`${call.name}/mean`, 'ReduceMean', [x, call.integers('axes', axes)]);
}

/** sqrt(mean(x^2) + epsilon) */
function rootOf(call: LayerCall, x: string, first: number): string {
  const { graph, name } = call;
  const mean = meanOf(call, graph.node(`${name}/square`, 'Mul', [x, x]), first);
  const epsilon = graph.scalar(`${name}/epsilon`, call.option<number>('epsilon'));
  return graph.node(`${name}/root`, 'Sqrt', [graph.node(`${name}/sum`, 'Add', [mean, epsilon])]);
}

/** x / sqrt(mean(x^2) + epsilon) * scale; ONNX has an operator for it since opset 23 only. */
export const rmsNormalization: ExportLayer = (call) => {
  const first = firstAxis(call);
  const { graph, name } = call;
  const x = graph.channelsLast(call.input).name;
  const root = rootOf(call, x, first);
  const scale = call.weight('scale');
  if (!scale) return call.output('Div', [x, root]);
  const normalized = graph.node(`${name}/normalized`, 'Div', [x, root]);
  return call.output('Mul', [normalized, call.constant('scale', scale.shape, scale.data)]);
};
