/** Writes a model of tf.layers as an ONNX model in inference form. */
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { OnnxError } from '../errors.js';
import { LayerCall, notExported, type Weight } from './call.js';
import { Graph, type Shape, type Value } from './graph.js';
import { layerExports } from './layers/index.js';
import { encodeOnnx } from './model.js';
import { refuseOwnCall } from './ownCall.js';

type Layer = SymbolicTensor['sourceLayer'];
/** Weights by their names in tf.layers, by their layer. */
type Weights = ReadonlyMap<Layer, ReadonlyMap<string, Weight>>;

/** The first opset whose GroupNormalization has a scale per channel, and the first format that has it. */
const versions = { opset: 21, irVersion: 10 };
/** What a message of protobuf can have. */
const largestFile = 2 ** 31 - 1;

/**
 * The bytes of an `.onnx` file that computes what `model.predict` does, with inputs and outputs of the same shapes and order
 * of axes. They have the same names, too; if names are equal, the later ones get a number. Sequential and functional models,
 * nested ones too. Dropout and noise are left out.
 *
 * @param model A built model.
 * @throws OnnxError that names the layer and the reason, if a layer or one of its options cannot be exported.
 * @example
 * await writeFile('model.onnx', await exportOnnx(model));
 */
export async function exportOnnx(model: LayersModel): Promise<Uint8Array> {
  if (!model.outputs?.length) {
    throw new OnnxError('the model is not built: give its first layer an inputShape');
  }
  const weights = new Map(await Promise.all(layersOf(model).map(readWeights)));
  const graph = new Graph();
  // A Sequential that nobody has called yet has no inputNames; tfjs takes them from here, too.
  const nameOf = ({ sourceLayer }: SymbolicTensor): string => graph.unique(sourceLayer.name);
  const inputs = model.inputs.map((input): Value => {
    return { name: nameOf(input), shape: input.shape, channelsFirst: false };
  });
  const outputNames = model.outputs.map(nameOf);
  const outputs = walk(model, inputs, graph, weights);
  for (const [i, value] of outputs.entries()) {
    const { name } = graph.channelsLast(value);
    graph.nodes.push({ operator: 'Identity', inputs: [name], output: outputNames[i]! });
  }
  const bytes = graph.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > largestFile) {
    throw new OnnxError(
      `expected weights of at most ${largestFile} bytes, which an ONNX file holds, got ${bytes}`,
    );
  }
  return encodeOnnx({
    ...versions,
    name: model.name,
    inputs: inputs.map(({ name, shape }) => ({ name, shape: named(name, shape) })),
    outputs: outputs.map(({ shape }, i) => ({ name: outputNames[i]!, shape: named(outputNames[i]!, shape) })),
    constants: graph.constants,
    nodes: graph.nodes,
  });
}

/** Sizes that differ from call to call have names; that of the batch is the same everywhere. */
const named = (name: string, shape: Shape): (number | string)[] =>
  shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : `${name}_${axis}`));

const isModel = (layer: Layer | LayersModel): layer is LayersModel => 'layers' in layer;

const layersOf = (model: LayersModel): Layer[] =>
  model.layers.flatMap((layer) => (isModel(layer) ? layersOf(layer) : [layer]));

async function readWeights(layer: Layer): Promise<[Layer, Map<string, Weight>]> {
  const entries = layer.weights.map(async (variable): Promise<[string, Weight]> => {
    const data = Float32Array.from(await variable.read().data());
    return [variable.originalName.split('/').at(-1)!, { shape: variable.shape as number[], data }];
  });
  return [layer, new Map(await Promise.all(entries))];
}

/** Adds a model, whole or nested in another, to the graph; gives its outputs. */
function walk(model: LayersModel, inputs: readonly Value[], graph: Graph, weights: Weights): Value[] {
  const known = new Map<number, Value>(model.inputs.map(({ id }, i) => [id, inputs[i]!]));
  const computed = ({ id }: SymbolicTensor): Value => known.get(id)!;
  for (const { sourceLayer: layer, nodeIndex, shape } of callsIn(model)) {
    const { inputTensors, outputTensors, callArgs } = layer.inboundNodes[nodeIndex]!;
    refuseTraining(layer, callArgs);
    if (isModel(layer)) refuseOwnCall(layer);
    const values = inputTensors.map(computed);
    const outputs = isModel(layer)
      ? walk(layer, values, graph, weights)
      : [exported(layer, values, shape, graph, weights)];
    for (const [i, { id }] of outputTensors.entries()) known.set(id, outputs[i]!);
  }
  return model.outputs.map(computed);
}

/**
 * An output of each call in a model, after those that the call takes. A list of what is open in the place of recursion: a model may
 * have more layers in a row than functions can call each other.
 */
function* callsIn(model: LayersModel): Generator<SymbolicTensor> {
  const done = new Set(model.inputs.map(({ id }) => id));
  const open = [...model.outputs].reverse();
  while (open.length > 0) {
    const tensor = open.at(-1)!;
    const { inputTensors, outputTensors } = tensor.sourceLayer.inboundNodes[tensor.nodeIndex]!;
    const missing = done.has(tensor.id) ? [] : inputTensors.filter(({ id }) => !done.has(id));
    // The first one comes next.
    open.push(...missing.reverse());
    if (missing.length > 0) continue;
    open.pop();
    if (done.has(tensor.id)) continue;
    for (const { id } of outputTensors) done.add(id);
    yield tensor;
  }
}

/** For a nested model, too: it hands the argument to its layers. */
function refuseTraining(layer: Layer, callArguments: { readonly training?: unknown } | undefined): void {
  if (callArguments?.training !== true) return;
  throw notExported(
    layer.name,
    layer.getClassName(),
    'it is called with `training: true`, which an exported model cannot do; call it without',
  );
}

function exported(
  layer: Layer,
  inputs: readonly Value[],
  outputShape: Shape,
  graph: Graph,
  weights: Weights,
): Value {
  const className = layer.getClassName();
  const config = layer.getConfig();
  const call = new LayerCall(graph, layer.name, className, config, inputs, outputShape, weights.get(layer)!);
  if (!Object.hasOwn(layerExports, className)) {
    call.refuse(`there is no export for its class; there is one for ${Object.keys(layerExports).join(', ')}`);
  }
  refuseOwnCall(layer);
  return layerExports[className]!(call);
}
