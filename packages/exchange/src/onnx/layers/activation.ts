/** Activations, as layers and as options of layers. */
import type { ExportLayer, LayerCall } from '../call.js';
import type { Value } from '../graph.js';
import type { OnnxNode } from '../model.js';

type Attributes = NonNullable<OnnxNode['attributes']>;
type Activation = (call: LayerCall, x: Value) => Value;

/** Whatever is computed element by element keeps the order of axes. */
const add = (
  call: LayerCall,
  x: Value,
  operator: string,
  others: readonly string[] = [],
  attributes: Attributes = {},
): Value => ({
  ...x,
  name: call.graph.node(call.name, operator, [x.name, ...others], attributes),
});

const operator =
  (name: string, attributes?: Attributes): Activation =>
  (call, x) =>
    add(call, x, name, [], attributes);

const clip = (call: LayerCall, x: Value, maximum: number): Value =>
  add(call, x, 'Clip', [
    call.graph.scalar(`${call.name}/zero`, 0),
    call.graph.scalar(`${call.name}/maximum`, maximum),
  ]);

const times = (call: LayerCall, a: Value, b: Value): Value => add(call, a, 'Mul', [b.name]);

/** By the name in a layer's config, in lower case without underscores. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: operator('Relu'),
  relu6: (call, x) => clip(call, x, 6),
  sigmoid: operator('Sigmoid'),
  tanh: operator('Tanh'),
  elu: operator('Elu'),
  selu: operator('Selu'),
  softplus: operator('Softplus'),
  softsign: operator('Softsign'),
  hardsigmoid: operator('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  swish: (call, x) => times(call, x, add(call, x, 'Sigmoid')),
  mish: (call, x) => times(call, x, add(call, add(call, x, 'Softplus'), 'Tanh')),
  softmax: (call, x) => softmax(call, x, -1),
  gelu: operator('Gelu'),
  gelunew: operator('Gelu', { approximate: { text: 'tanh' } }),
};

function softmax(call: LayerCall, x: Value, axis: number): Value {
  const y = call.graph.channelsLast(x);
  return add(call, y, 'Softmax', [], { axis: { int: axis } });
}

/** The name of the activation that a layer has as an option. */
export const activationOf = (call: LayerCall): string => String(call.config.activation ?? 'linear');

export function activate(call: LayerCall, x: Value, name: string): Value {
  const key = name.toLowerCase().replaceAll('_', '');
  if (!Object.hasOwn(activations, key)) {
    call.refuse(`activation '${name}': expected one of ${Object.keys(activations).join(', ')}`);
  }
  return activations[key]!(call, x);
}

export const activation: ExportLayer = (call) => activate(call, call.input, activationOf(call));

export const reLU: ExportLayer = (call) => {
  const maximum = call.option<number | null | undefined>('maxValue');
  return maximum === null || maximum === undefined
    ? add(call, call.input, 'Relu')
    : clip(call, call.input, maximum);
};

export const leakyReLU: ExportLayer = (call) =>
  add(call, call.input, 'LeakyRelu', [], { alpha: { float: call.option<number>('alpha') } });

export const eLU: ExportLayer = (call) =>
  add(call, call.input, 'Elu', [], { alpha: { float: call.option<number>('alpha') } });

export const thresholdedReLU: ExportLayer = (call) =>
  add(call, call.input, 'ThresholdedRelu', [], { alpha: { float: call.option<number>('theta') } });

export const softmaxLayer: ExportLayer = (call) => {
  const axis = call.option<number | number[]>('axis') ?? -1;
  if (typeof axis !== 'number') return call.refuse("option 'axis': expected one axis");
  return softmax(call, call.input, axis);
};

/** alpha has the shape of a sample, with 1 for axes that share. */
export const pReLU: ExportLayer = (call) => {
  const { shape, data } = call.weight('alpha')!;
  const x = call.graph.channelsLast(call.input);
  return add(call, x, 'PRelu', [call.constant('alpha', shape, data)]);
};

/** Layers that change nothing once a model is trained. */
export const dropped: ExportLayer = (call) => call.input;
