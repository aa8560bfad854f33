/**
 * The calls of a functional model: whether they can be made one after the other, and in which order tfjs makes them. It would look for what
 * is missing without an end.
 */
import { OptionError } from '@bn/core';
import {
  type Config,
  isLayerEntry,
  isModelEntry,
  isObject,
  type LayerEntry,
  nameOf,
  refuse,
} from './config.js';

/** A tensor: the layer that makes it, and in which of its calls. */
type Source = readonly [layer: string, node: number];

interface Call {
  readonly entry: LayerEntry;
  /** Its number in the file. */
  readonly node: number;
  readonly sources: readonly Source[];
}

/**
 * Checks the layers of a functional model, as the file has them.
 *
 * @throws OptionError that names the layer for a name that stands twice or is not that of its config, and for calls that are no list.
 */
export function checkEntries({ layers }: Config): void {
  if (!Array.isArray(layers) || !layers.every(isLayerEntry)) {
    throw new OptionError('layers must be a list of layers with class_name and config; the file is damaged');
  }
  const names = new Set<string>();
  for (const entry of layers) {
    const { name, config, inboundNodes = [] } = entry;
    // A layer of a user may save no name in its config, and a Sequential of old Keras has none there.
    if (typeof name !== 'string' || (config.name !== undefined && name !== config.name)) {
      throw refuse(
        entry,
        `its name must be the one in its config, ${JSON.stringify(config.name)}; the file is damaged`,
      );
    }
    if (names.has(name)) throw refuse(entry, 'its name stands twice in the model; the file is damaged');
    if (!Array.isArray(inboundNodes)) throw noCall(entry, inboundNodes);
    names.add(name);
  }
}

/**
 * Checks the graph of a functional model, in the words of tfjs: `inboundNodes`, `inputLayers` and `outputLayers`.
 *
 * @returns the model with other numbers of calls. The file counts the calls of a layer in the order of its list. tfjs counts them in the
 *   order in which it makes them: it puts off a call whose inputs are missing, and makes later calls of that layer first.
 * @throws OptionError that names the layer for what is no call, for a call by a tensor that no layer makes, and for a cycle.
 */
export function renumberCalls(config: Config): Config {
  const entries = config.layers as LayerEntry[];
  // For each layer, the numbers in the file of its calls, in the order in which they are made. Inputs and nested models are called once
  // when they are made.
  const made = new Map(
    entries.map((entry): [string, number[]] => [
      nameOf(entry),
      entry.className === 'InputLayer' || isModelEntry(entry) ? [0] : [],
    ]),
  );
  let open = entries.flatMap((entry) => callsOf(entry, made));
  const isMade = ([layer, node]: Source) => made.get(layer)?.includes(node);
  while (open.length > 0) {
    const blocked = open.filter(({ entry, node, sources }) => {
      if (!sources.every(isMade)) return true;
      made.get(nameOf(entry))!.push(node);
      return false;
    });
    if (blocked.length === open.length) {
      const { entry, sources } = open[0]!;
      const [layer, node] = sources.find((source) => !isMade(source))!;
      throw refuse(
        entry,
        `is called with what call ${node} of layer '${layer}' gives, which never happens: the calls are a cycle, or one is missing; the ` +
          'file is damaged',
      );
    }
    open = blocked;
  }
  const renumber = ([layer, node, ...others]: [string, number]) => [
    layer,
    made.get(layer)!.indexOf(node),
    ...others,
  ];
  const endsOf = (key: string, ends: unknown) => {
    if (!Array.isArray(ends) || ends.length === 0) throw noEnds(key, ends);
    return ends.map((end) => {
      const source = sourceOf(end);
      if (source === undefined || !isMade(source)) throw noEnds(key, end);
      return renumber(end);
    });
  };
  return {
    ...config,
    layers: entries.map((entry) => ({
      ...entry,
      inboundNodes: ((entry.inboundNodes ?? []) as [string, number][][]).map((node) => node.map(renumber)),
    })),
    inputLayers: endsOf('input_layers', config.inputLayers),
    outputLayers: endsOf('output_layers', config.outputLayers),
  };
}

const noEnds = (key: string, got: unknown): OptionError =>
  new OptionError(`${key} must be tensors of the model, got ${JSON.stringify(got)}; the file is damaged`);

/** A tensor as tfjs reads it, `[layer, node, tensor, ...]`; undefined for anything else. */
function sourceOf(value: unknown): Source | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, node, tensor] = value;
  const isIndex = (index: unknown) => Number.isInteger(index) && (index as number) >= 0;
  return typeof layer === 'string' && isIndex(node) && isIndex(tensor) ? [layer, node] : undefined;
}

function callsOf(entry: LayerEntry, made: ReadonlyMap<string, readonly number[]>): Call[] {
  const first = made.get(nameOf(entry))!.length;
  return (entry.inboundNodes ?? []).map((node, i) => {
    // tfjs makes no call of no inputs, and would wait for it.
    if (!Array.isArray(node) || node.length === 0) throw noCall(entry, node);
    const sources = node.map((value) => {
      if (Array.isArray(value) && value[0] === '_CONSTANT_VALUE') {
        throw refuse(
          entry,
          `is called with the constant ${JSON.stringify(value[2])}, which a layer of tf.layers cannot take; build the model without it`,
        );
      }
      const source = sourceOf(value);
      if (source === undefined || !(value[3] === undefined || value[3] === null || isObject(value[3]))) {
        throw noCall(entry, value);
      }
      if (!made.has(source[0])) {
        throw refuse(
          entry,
          `is called with a tensor of layer '${source[0]}', which the model does not have; the file is damaged`,
        );
      }
      return source;
    });
    return { entry, node: first + i, sources };
  });
}

const noCall = (entry: LayerEntry, got: unknown): OptionError =>
  refuse(
    entry,
    `inbound_nodes must be calls, lists of [layer, node, tensor], got ${JSON.stringify(got)}; the file is damaged`,
  );
