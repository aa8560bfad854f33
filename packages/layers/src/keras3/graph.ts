/** Whether the calls of a functional model can be made one after the other. tfjs would look for what is missing without an end. */
import { OptionError } from '@bn/core';
import {
  type Config,
  isLayerEntry,
  isObject,
  type LayerEntry,
  modelClasses,
  nameOf,
  refuse,
} from './config.js';

/** A tensor: the layer that makes it, and in which of its calls. */
type Source = readonly [layer: string, node: number];

interface Call {
  readonly entry: LayerEntry;
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
    if (typeof name !== 'string' || name !== config.name) {
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
 * @throws OptionError that names the layer for what is no call, for a call by a tensor that no layer makes, and for a cycle.
 */
export function checkGraph({ layers, inputLayers, outputLayers }: Config): void {
  const entries = layers as LayerEntry[];
  // Inputs and nested models are called once when they are made.
  const made = new Map(
    entries.map((entry) => [
      nameOf(entry),
      ['InputLayer', ...modelClasses].includes(entry.className) ? 1 : 0,
    ]),
  );
  let open = entries.flatMap((entry) => callsOf(entry, made));
  const canBeMade = ([layer, node]: Source) => node < made.get(layer)!;
  while (open.length > 0) {
    const blocked = open.filter(({ entry, sources }) => {
      if (!sources.every(canBeMade)) return true;
      made.set(nameOf(entry), made.get(nameOf(entry))! + 1);
      return false;
    });
    if (blocked.length === open.length) {
      const { entry, sources } = open[0]!;
      const [layer, node] = sources.find((source) => !canBeMade(source))!;
      throw refuse(
        entry,
        `is called with what call ${node} of layer '${layer}' gives, which never happens: the calls are a cycle, or one is missing; the ` +
          'file is damaged',
      );
    }
    open = blocked;
  }
  for (const [key, ends] of Object.entries({ input_layers: inputLayers, output_layers: outputLayers })) {
    if (!Array.isArray(ends) || ends.length === 0) throw noEnds(key, ends);
    for (const end of ends) {
      const source = sourceOf(end);
      if (source === undefined || !(source[1] < (made.get(source[0]) ?? 0))) throw noEnds(key, end);
    }
  }
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

function callsOf(entry: LayerEntry, made: ReadonlyMap<string, number>): Call[] {
  return (entry.inboundNodes ?? []).map((node) => {
    // tfjs makes no call of no inputs, and would wait for it.
    if (!Array.isArray(node) || node.length === 0) throw noCall(entry, node);
    const sources = node.map((value) => {
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
    return { entry, sources };
  });
}

const noCall = (entry: LayerEntry, got: unknown): OptionError =>
  refuse(
    entry,
    `inbound_nodes must be calls, lists of [layer, node, tensor], got ${JSON.stringify(got)}; the file is damaged`,
  );
