/**
 * Calls in the graph of a functional model. Keras 3 saves the arguments of each call,
 * `{ args: [{ className: '__keras_tensor__', config: { kerasHistory: [layer, node, tensor] } }], kwargs }`; tfjs reads a list of
 * inputs, `[[layer, node, tensor, kwargs], ...]`.
 */
import { OptionError } from '@bn/core';
import {
  type Config,
  isModelEntry,
  isObject,
  type LayerEntry,
  nameOf,
  refuse,
  toCamelCase,
} from './config.js';

export type History = [layer: string, node: number, tensor: number];

const isHistory = (value: unknown): value is History =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === 'string';

/** The history of a tensor in the arguments of a call; undefined if it is something else. */
export function historyOf(value: unknown): History | undefined {
  const history = isObject(value) && isObject(value.config) ? value.config.kerasHistory : undefined;
  return isHistory(history) ? history : undefined;
}

export type Finder = (name: string) => LayerEntry;

/** Finds a layer by its name in the file, which `tf.loadLayersModel` has in camelCase if it is that of a tensor. */
export function finderOf(layers: readonly LayerEntry[]): Finder {
  const named = layersBy(layers, nameOf);
  const inCamelCase = layersBy(layers, (layer) => toCamelCase(nameOf(layer)));
  return (name: string): LayerEntry => {
    const found = named.get(name) ?? inCamelCase.get(name) ?? [];
    if (found.length === 1) return found[0]!;
    throw new OptionError(
      found.length === 0
        ? `the graph of the model uses a layer '${name}', which it does not have; the file is damaged`
        : `the layers ${found.map((layer) => `'${nameOf(layer)}'`).join(' and ')} have one name for tf.loadLayersModel; ` +
            'load the model with loadKerasModel, or rename one',
    );
  };
}

function layersBy(layers: readonly LayerEntry[], keyOf: (layer: LayerEntry) => string) {
  const found = new Map<string, LayerEntry[]>();
  for (const layer of layers) {
    const key = keyOf(layer);
    found.set(key, [...(found.get(key) ?? []), layer]);
  }
  return found;
}

/** These take what Keras calls with two tensors, and `x + y` of tensors becomes. */
const merging = ['Add', 'Maximum', 'Minimum', 'Multiply'];
export const isRecurrent = (className: string): boolean =>
  ['RNN', 'SimpleRNN', 'GRU', 'LSTM', 'ConvLSTM2D', 'Bidirectional'].includes(className);

/** The tensors of one argument; undefined if it holds anything else. */
function tensorsOf(argument: unknown): History[] | undefined {
  const histories = (Array.isArray(argument) ? argument : [argument]).map(historyOf);
  return histories.every((history) => history !== undefined) ? histories : undefined;
}

/** null, false and lists of them: what Keras passes when nobody has asked for anything. */
export const isNothing = (value: unknown): boolean =>
  value == null || value === false || (Array.isArray(value) && value.every(isNothing));

/** The arguments of one call in a file of Keras 3. */
export interface Call {
  readonly args: readonly unknown[];
  readonly kwargs: Config;
}

/** The first argument of Keras' layers, which may be given by name. */
const firstNames = ['inputs', 'sequences'];

export function callOf(node: unknown): Call {
  const { args = [], kwargs = {} } = (isObject(node) ? node : {}) as Config;
  const call = { args: Array.isArray(args) ? args : [], kwargs: isObject(kwargs) ? kwargs : {} };
  const name = call.args.length === 0 ? firstNames.find((first) => first in call.kwargs) : undefined;
  if (name === undefined) return call;
  const { [name]: first, ...others } = call.kwargs;
  return { args: [first], kwargs: others };
}

/** Arguments by name that tfjs has: `training` here, `initialState` as more inputs. A `mask` that is left is another one than that of the graph. */
function checkKeywords(entry: LayerEntry, kwargs: Config): { training?: boolean; initialState: History[] } {
  const { training, initialState, ...others } = kwargs;
  const given = Object.entries(others).find(([, value]) => !isNothing(value));
  if (given !== undefined) {
    throw refuse(
      entry,
      `is called with the argument ${given[0]}, which a layer of tf.layers cannot take; build the model without it`,
    );
  }
  if (training != null && typeof training !== 'boolean') {
    throw refuse(entry, `training must be true, false or null, got ${JSON.stringify(training)}`);
  }
  const states = initialState == null ? [] : tensorsOf(initialState);
  if (states === undefined || (states.length > 0 && !isRecurrent(entry.className))) {
    throw refuse(entry, 'initial_state must be tensors of the model, for a recurrent layer');
  }
  return { ...(training != null && { training }), initialState: states };
}

/** The inputs of one call. */
function inputsOf(entry: LayerEntry, { args, kwargs }: Call) {
  const [first, second, ...others] = args;
  const isState = isRecurrent(entry.className) && kwargs.initialState == null;
  const { initialState, ...keywords } = checkKeywords(
    entry,
    isState ? { ...kwargs, initialState: second } : kwargs,
  );
  const isPair = merging.includes(entry.className) && args.length === 2;
  const inputs = tensorsOf(isPair ? args : first);
  const isMore = [...(isState || isPair ? [] : [second]), ...others].some((value) => !isNothing(value));
  if (inputs === undefined || isMore) {
    throw refuse(
      entry,
      'must be called with one tensor or one list of tensors: a layer of tf.layers takes no other arguments, ' +
        'no numbers and no dictionaries',
    );
  }
  return { inputs: [...inputs, ...initialState], keywords };
}

/** The calls of a layer as tfjs reads them; those of Keras 2 as they are. */
export function nodesOf(entry: LayerEntry, find: Finder): unknown[] {
  return (entry.inboundNodes ?? []).map((node) => {
    if (!isObject(node)) return node;
    const { inputs, keywords } = inputsOf(entry, callOf(node));
    return inputs.map(([name, index, tensor]) => {
      const layer = find(name);
      return [nameOf(layer), index + (isModelEntry(layer) ? 1 : 0), tensor, keywords];
    });
  });
}

/**
 * `inputLayers` and `outputLayers` as a list: Keras 3 saves one tensor, a list, or a dictionary, which it orders by key. A nested
 * functional model is counted from 1 there by Keras 3 too, a Sequential is not.
 */
export function endsOf(ends: unknown, find: Finder): History[] {
  if (isHistory(ends)) {
    const [name, node, tensor] = ends;
    const layer = find(name);
    return [[nameOf(layer), node + (layer.className === 'Sequential' ? 1 : 0), tensor]];
  }
  if (Array.isArray(ends)) return ends.flatMap((end) => endsOf(end, find));
  if (isObject(ends))
    return Object.keys(ends)
      .sort()
      .flatMap((key) => endsOf(ends[key], find));
  throw new OptionError(
    `input_layers and output_layers must be tensors of the model, got ${JSON.stringify(ends)}`,
  );
}
