/**
 * Masks in the graph of a functional model. Keras 3 computes them by operations, which stand among the layers of a file (NotEqual for
 * Embedding, NotEqual and Any for Masking), and hands them to calls by keyword. Here each layer gets the mask of its input by itself,
 * so that both are left out wherever they say the same.
 */
import { toList } from '../graph/calls.js';
import { type Config, isObject, type LayerEntry, nameOf, refuse } from './config.js';
import {
  type Call,
  callOf,
  type Finder,
  finderOf,
  type History,
  historyOf,
  isNothing,
  isRecurrent,
} from './nodes.js';

/** Layers that pass the mask of their input on, in Keras and here. */
const passing = new Set(
  (
    'Activation AlphaDropout BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise GroupNormalization Identity ' +
    'LayerNormalization LeakyReLU Normalization PReLU ReLU RMSNormalization Softmax SpatialDropout1D TimeDistributed UnitNormalization'
  ).split(' '),
);
/** What computes masks in files. */
const operations = ['NotEqual', 'Any', 'LogicalOr'];
const merging = new Set(['Add', 'Average', 'Concatenate', 'Maximum', 'Minimum', 'Multiply']);

type Look = (entry: LayerEntry, call: Call, index: number) => string | undefined;

/** Texts for the masks of a graph: equal ones are the same mask. */
class Masks {
  readonly #brought = new Map<string, string | undefined>();
  readonly #computed = new Map<string, string | undefined>();

  constructor(private readonly find: Finder) {}

  /** Looks at all that a tensor comes from before the tensor itself: a graph may be deeper than functions can call each other. */
  prepare(tensor: unknown): void {
    const open = [tensor];
    const opened = new Set<string>();
    while (open.length > 0) {
      const value = open.at(-1);
      const history = historyOf(value);
      const key = String(history);
      if (history === undefined || opened.has(key) || this.#computed.has(key)) {
        open.pop();
        this.brought(value);
        this.computed(value);
      } else {
        opened.add(key);
        open.push(...this.#callOf(history).args.flat());
      }
    }
  }

  /** The mask that the graph brings with a tensor; undefined for none. */
  brought(value: unknown): string | undefined {
    return this.#once(this.#brought, value, (...call) => this.#bring(...call));
  }

  /** The mask that a tensor is, by the operations that compute it; undefined for others. */
  computed(value: unknown): string | undefined {
    return this.#once(this.#computed, value, (entry, call) => this.#compute(entry, call));
  }

  /** Undefined also while it is looked for, so that a cycle ends. */
  #once(known: Map<string, string | undefined>, value: unknown, look: Look): string | undefined {
    const history = historyOf(value);
    if (history === undefined) return undefined;
    const key = String(history);
    if (!known.has(key)) {
      known.set(key, undefined);
      known.set(key, look(this.find(history[0]), this.#callOf(history), history[2]));
    }
    return known.get(key);
  }

  #callOf([name, node]: History): Call {
    return callOf(this.find(name).inboundNodes?.[node]);
  }

  #bring(entry: LayerEntry, call: Call, index: number): string | undefined {
    const [first] = call.args;
    const { className, config } = entry;
    if (className === 'Embedding' && config.maskZero === true) return this.#notEqual(first, 0);
    if (className === 'Masking') return `any(${this.#notEqual(first, config.maskValue ?? 0)})`;
    if (merging.has(className)) {
      const inputs = call.args.length > 1 ? call.args : toList(first);
      const masks = new Set(inputs.map((input) => this.brought(input)));
      const [only] = masks;
      const isOne = masks.size === 1 && (only === undefined || className !== 'Concatenate');
      return isOne ? only : 'merged';
    }
    return passing.has(className) || (givesSequences(entry) && index === 0) ? this.brought(first) : undefined;
  }

  #compute(entry: LayerEntry, call: Call): string | undefined {
    const [first, second] = call.args;
    if (entry.className === 'NotEqual' && typeof second === 'number') return this.#notEqual(first, second);
    const inner = this.computed(first);
    if (entry.className === 'LogicalOr') return this.computed(second) === inner ? inner : undefined;
    const { axis, keepdims = false } = entry.config;
    const isOfLast = entry.className === 'Any' && `${axis}` === '-1' && keepdims === false;
    return isOfLast && inner !== undefined ? `any(${inner})` : undefined;
  }

  #notEqual(value: unknown, to: unknown): string {
    const history = historyOf(value);
    return `${history && [nameOf(this.find(history[0])), ...history.slice(1)]} != ${to}`;
  }
}

function givesSequences({ className, config }: LayerEntry): boolean {
  if (!isRecurrent(className)) return false;
  const { config: inner } = (isObject(config.layer) ? config.layer : { config }) as { config: Config };
  return inner.returnSequences === true;
}

/**
 * The layers without the masks that the graph brings anyway, and without the operations that computed them.
 *
 * @param ends The inputs and outputs of the model.
 * @throws OptionError that names the layer for a mask that is another one.
 */
export function withoutMasks(layers: readonly LayerEntry[], ends: unknown): LayerEntry[] {
  const masks = new Masks(finderOf(layers));
  const bare = layers.map((entry) => ({
    ...entry,
    inboundNodes: (entry.inboundNodes ?? []).map((node) => withoutMask(entry, node, masks)),
  }));
  return withoutUnread(bare, ends);
}

function withoutMask(entry: LayerEntry, node: unknown, masks: Masks): unknown {
  const { args, kwargs } = callOf(node);
  if (!('mask' in kwargs)) return node;
  const { mask, ...others } = kwargs;
  const inputs = toList(args[0]);
  for (const value of [inputs, toList(mask)].flat()) masks.prepare(value);
  for (const [i, value] of toList(mask).entries()) {
    const brought = masks.brought(inputs[i]);
    const isSame = isNothing(value)
      ? !brought?.startsWith('merged')
      : brought !== undefined && masks.computed(value) === brought;
    if (isSame) continue;
    throw refuse(
      entry,
      'is called with another mask than the one that its input has here, from Embedding with mask_zero or from Masking; where masks meet, ' +
        'Keras 3 lets through what one of them does, tfjs what all do. Build the model without it',
    );
  }
  return { args, kwargs: others };
}

/** Without operations on masks that nothing takes any more. */
function withoutUnread(layers: LayerEntry[], ends: unknown): LayerEntry[] {
  const find = finderOf(layers);
  const names = JSON.stringify(ends);
  const kept = new Set(
    layers.filter(
      (entry) => !operations.includes(entry.className) || names.includes(JSON.stringify(nameOf(entry))),
    ),
  );
  const keepRead = (value: unknown): void => {
    const history = historyOf(value);
    if (history !== undefined) kept.add(find(history[0]));
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(keepRead);
  };
  // It goes on with what is added meanwhile.
  for (const { inboundNodes } of kept) keepRead(inboundNodes);
  return layers.filter((entry) => kept.has(entry));
}
