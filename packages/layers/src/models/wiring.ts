/** How the layers of one model are connected, in one form for Sequential and functional models. */
import { OptionError } from '@bn/core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Keywords } from '../graph/calls.js';
import { isOfClass } from '../tfjsClasses.js';

type Layer = tfl.layers.Layer;

/** One output of a call. */
export interface Source {
  readonly call: Call;
  readonly index: number;
}

/** A call of a layer in the graph of a model. */
export interface Call {
  readonly layer: Layer;
  /** None for an InputLayer, and for the first layer of a Sequential. */
  readonly inputs: readonly Source[];
  readonly keywords: Keywords;
}

export interface Wiring {
  /** Each after those that it takes its inputs from; InputLayers among them. */
  readonly calls: readonly Call[];
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
}

/** tfjs keeps these in fields that its types do not show. */
interface Node {
  readonly outboundLayer: Layer;
  readonly inputTensors: readonly tfl.SymbolicTensor[];
  readonly outputTensors: readonly tfl.SymbolicTensor[];
  readonly callArgs?: Keywords | null;
}
type NodesByDepth = Readonly<Record<string, readonly Node[]>>;

export const isModel = (layer: Layer): layer is tfl.LayersModel => layer instanceof tfl.LayersModel;

/**
 * @throws OptionError for a model of a subclass, whose `call` may compute something else than its layers, and for a Sequential
 * without layers or without a shape.
 */
export function wiringOf(name: string, model: tfl.LayersModel): Wiring {
  if (model.constructor === tfl.Sequential) return chain(name, model);
  if (model.constructor === tfl.LayersModel || isOfClass(model, 'Functional')) return graph(model);
  throw new OptionError(
    `${name}: model '${model.name}' is a ${model.constructor.name}, a class of its own that may compute something else than its ` +
      'layers; make it with tf.model or tf.sequential',
  );
}

function chain(name: string, model: tfl.LayersModel): Wiring {
  const calls: Call[] = [];
  for (const layer of model.layers) {
    const last = calls.at(-1);
    calls.push({ layer, inputs: last === undefined ? [] : [{ call: last, index: 0 }], keywords: {} });
  }
  if (calls.length === 0) throw new OptionError(`${name}: model '${model.name}' has no layers`);
  return { calls, inputs: [], outputs: [{ call: calls.at(-1)!, index: 0 }] };
}

function graph(model: tfl.LayersModel): Wiring {
  const { nodesByDepth } = model as unknown as { nodesByDepth: NodesByDepth };
  const depths = Object.keys(nodesByDepth)
    .map(Number)
    .sort((a, b) => b - a);
  const calls: Call[] = [];
  const sources = new Map<number, Source>();
  const sourceOf = ({ id }: tfl.SymbolicTensor) => sources.get(id)!;
  for (const node of depths.flatMap((depth) => nodesByDepth[depth]!)) {
    const call: Call = {
      layer: node.outboundLayer,
      inputs: node.inputTensors.length === 0 || isInput(node) ? [] : node.inputTensors.map(sourceOf),
      keywords: plain(node.callArgs ?? {}),
    };
    node.outputTensors.forEach(({ id }, index) => {
      sources.set(id, { call, index });
    });
    calls.push(call);
  }
  return { calls, inputs: model.inputs.map(sourceOf), outputs: model.outputs.map(sourceOf) };
}

/** tfjs makes the output of an InputLayer its input too. */
const isInput = ({ inputTensors, outputTensors }: Node): boolean => inputTensors[0] === outputTensors[0];

/** Without symbolic tensors, such as the initial state of a recurrent layer: they are among the inputs too. */
function plain(keywords: Keywords): Keywords {
  const isSymbolic = (value: unknown) => [value].flat().some((item) => item instanceof tfl.SymbolicTensor);
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => !isSymbolic(value)));
}
