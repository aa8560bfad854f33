/** State dicts like those of PyTorch: the state of a layer by name, and the check of a state to load. */
import * as tf from '@tensorflow/tfjs-core';
import { StateDictError } from './errors.js';
import { formatShape } from './view.js';

/** Named tensors, with the names that PyTorch's `state_dict()` gives them. */
export type StateDict = Record<string, tf.Tensor>;

/** A whole number that belongs to a layer's state. Kept in JavaScript: no kernel ever needs it. */
export interface Counter {
  readonly key: string;
  value: number;
}

const largestInt32 = 2 ** 31 - 1;

/** An int32 scalar, or beyond its range, in which it would wrap to a negative number, the nearest float32. */
export const counterTensor = (value: number): tf.Scalar =>
  tf.scalar(value, value > largestInt32 ? 'float32' : 'int32');

const describe = (tensor: tf.Tensor): string => `${tensor.dtype} ${formatShape(tensor.shape)}`;

/**
 * Refuses a state that does not fit the variables and the counter. A state without the counter fits, as that of older versions
 * of PyTorch is.
 *
 * @throws StateDictError that lists every entry that is missing, unexpected or of a wrong shape or dtype, and says what to do
 * about keys with a prefix.
 */
export function checkStateDict(
  layer: string,
  state: StateDict,
  variables: Readonly<Record<string, tf.Variable>>,
  counter: Counter | undefined,
  strict: boolean,
): void {
  const expected = Object.entries(variables).map(([key, variable]) => [key, describe(variable)] as const);
  const known = new Set([...Object.keys(variables), ...(counter ? [counter.key] : [])]);
  const unexpected = Object.keys(state).filter((key) => !known.has(key));
  const missing = expected.filter(([key]) => state[key] === undefined);
  const prefixes = prefixesOf(Object.keys(variables), unexpected);

  const problems = expected.flatMap(([key, wanted]) => problemOf(state, key, wanted) ?? []);
  if (counter !== undefined) problems.push(...(problemOfCounter(state, counter.key) ?? []));
  if (strict) {
    problems.unshift(...missing.map(([key, wanted]) => `'${key}' is missing (wanted ${wanted})`));
    problems.push(...unexpected.map((key) => `'${key}' is unexpected`));
  } else if (prefixes.length > 0 && missing.length === expected.length) {
    // Else all of the state would be ignored silently.
    problems.push('no key belongs to this layer');
  }
  if (problems.length === 0) return;
  throw new StateDictError(
    `${layer}: the state dict does not fit, nothing was loaded: ${problems.join('; ')}${adviceOn(prefixes)}`,
  );
}

function problemOf(state: StateDict, key: string, wanted: string): string[] | undefined {
  const value = state[key];
  if (value === undefined) return undefined;
  if (!(value instanceof tf.Tensor)) return [`'${key}' is not a tensor (wanted ${wanted})`];
  if (value.isDisposed) return [`'${key}' has been disposed (wanted ${wanted})`];
  return describe(value) === wanted ? undefined : [`'${key}' is ${describe(value)} (wanted ${wanted})`];
}

/** A count may be a float, since int32 ends at 2^31 and other formats know no integers. */
function problemOfCounter(state: StateDict, key: string): string[] | undefined {
  const value = state[key];
  const isFloat = value instanceof tf.Tensor && value.dtype === 'float32';
  const problem = problemOf(state, key, isFloat ? 'float32 []' : 'int32 []');
  if (problem !== undefined || value === undefined) return problem;
  const count = value.dataSync()[0]!;
  return Number.isInteger(count) && count >= 0 ? undefined : [`'${key}' is ${count} (wanted a count)`];
}

/** The prefixes under which the state has all keys of the layer. */
function prefixesOf(keys: readonly string[], unexpected: readonly string[]): string[] {
  const [first] = keys;
  if (first === undefined) return [];
  const found = new Set(unexpected);
  return unexpected
    .filter((key) => key.endsWith(`.${first}`))
    .map((key) => key.slice(0, -first.length))
    .filter((prefix) => keys.every((key) => found.has(prefix + key)));
}

const wrappers: Readonly<Record<string, string>> = {
  'module.': 'DataParallel',
  '_orig_mod.': 'torch.compile',
};

function adviceOn(prefixes: readonly string[]): string {
  const [prefix] = prefixes;
  if (prefix === undefined) return '';
  const origin = wrappers[prefix] === undefined ? '' : `, which ${wrappers[prefix]} puts there`;
  const others =
    prefixes.length > 1
      ? ` (or ${prefixes
          .slice(1)
          .map((other) => `'${other}'`)
          .join(', ')})`
      : '';
  return (
    `. Its keys have the prefix '${prefix}'${others}${origin}; take the entries that begin with it, without it: ` +
    `Object.fromEntries(Object.entries(state).filter(([key]) => key.startsWith('${prefix}'))` +
    `.map(([key, tensor]) => [key.slice(${prefix.length}), tensor]))`
  );
}
