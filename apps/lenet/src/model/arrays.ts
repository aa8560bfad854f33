/** A model's state outside of tfjs: arrays by their PyTorch names, in PyTorch's layouts, checked against a model before it takes them. */
import { wrapperPrefix } from '@bn/exchange';
import * as tf from '@tensorflow/tfjs';
import { type Difference, differenceText } from '../differences.js';
import { CheckpointError } from '../errors.js';
import type { LeNet } from './lenet.js';
import type { NamedArray, NamedArrays } from './stateArrays.js';

/** Copies a model's weights and running statistics out of tfjs. */
export async function exportState(model: LeNet): Promise<NamedArrays> {
  const state = model.stateDict();
  const entries = Object.entries(state).map(async ([name, tensor]): Promise<[string, NamedArray]> => {
    const { shape } = tensor;
    // The data may be a view of memory that the backend reuses.
    const data = (await tensor.data()).slice();
    return isCounter(name)
      ? [name, { dtype: 'I64', shape, data: BigInt64Array.from(data, BigInt) }]
      : [name, { dtype: 'F32', shape, data: data as Float32Array }];
  });
  const arrays = Object.fromEntries(await Promise.all(entries));
  tf.dispose(state);
  return arrays;
}

/** What counts batches: a 64-bit number in files, which older versions of PyTorch do not save. */
const isCounter = (name: string): boolean => name.endsWith('num_batches_tracked');

/** The arrays by the names that the network itself gives them. */
function withoutWrappers(arrays: NamedArrays): NamedArrays {
  const entries = Object.entries(arrays);
  const { length } = wrapperPrefix(entries.map(([name]) => name));
  return Object.fromEntries(entries.map(([name, array]) => [name.slice(length), array]));
}

/**
 * Sets all of a model's weights and running statistics. Counts of batches may be missing, and stay what they are then; the names
 * may have the prefixes of DataParallel and torch.compile.
 *
 * @throws CheckpointError that lists every entry that is missing, unexpected or of a wrong shape or dtype; nothing is
 * changed then.
 */
export function importState(model: LeNet, given: NamedArrays): void {
  const arrays = withoutWrappers(given);
  tf.tidy(() => {
    const differences = differencesTo(model, arrays);
    if (differences.length > 0) throw otherNetwork(model, differences);
    const tensors = Object.entries(arrays).map(([name, array]) => [name, toTensor(array)]);
    model.loadStateDict(Object.fromEntries(tensors));
  });
}

const otherNetwork = ({ norm }: LeNet, differences: readonly Difference[]): CheckpointError =>
  new CheckpointError(
    `this is not a state of LeNet with norm '${norm}'; nothing was loaded:\n  ` +
      differences.map(differenceText).join('\n  '),
    { code: 'LENET_OTHER_NETWORK', details: { norm, differences } },
  );

function differencesTo(model: LeNet, arrays: NamedArrays): Difference[] {
  const expected = Object.entries(model.stateDict()).map(([name, tensor]): [string, string] => [
    name,
    describe(isCounter(name) ? 'I64' : 'F32', tensor.shape),
  ]);
  const names = new Set(expected.map(([name]) => name));
  const differences = expected.flatMap(([name, wanted]): Difference[] => {
    const array = arrays[name];
    if (array === undefined) return isCounter(name) ? [] : [{ name, wanted }];
    const isCount = isCounter(name) && array.dtype === 'F32' && array.data.every(isWhole);
    const got = describe(isCount ? 'I64' : array.dtype, array.shape);
    return got === wanted ? [] : [{ name, wanted, got }];
  });
  for (const [name, array] of Object.entries(arrays)) {
    if (!names.has(name)) differences.push({ name, got: describe(array.dtype, array.shape) });
  }
  return differences;
}

/** Tools that convert all of a file to floats convert the counts of batches too. */
const isWhole = (value: number): boolean => Number.isInteger(value) && value >= 0;

const describe = (dtype: string, shape: readonly number[]): string => `${dtype} [${shape.join(', ')}]`;

function toTensor(array: NamedArray): tf.Tensor {
  if (array.dtype === 'F32') return tf.tensor(array.data, [...array.shape], 'float32');
  const values = Array.from(array.data, Number);
  // A layer takes a count in either type; int32 ends at 2^31.
  const dtype = values.some((value) => value >= 2 ** 31) ? 'float32' : 'int32';
  return tf.tensor(values, [...array.shape], dtype);
}
