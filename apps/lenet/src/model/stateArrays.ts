/**
 * Arrays of a file as the two types that a state dict of this network has. Floats become float32: F16 and BF16 without a change,
 * F64 rounded to the nearest one. Whole numbers become 64-bit ones, without a change.
 */
import type * as exchange from '@bn/exchange';
import { CheckpointError } from '../errors.js';

/** Floats, or PyTorch's 64-bit counters. */
export type NamedArray = Extract<exchange.NamedArray, { dtype: 'F32' | 'I64' }>;

/** Arrays by their PyTorch names, in PyTorch's layouts. */
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** @throws CheckpointError for an array of another type, or with a number that float32 cannot hold. */
export const stateArrays = (arrays: exchange.NamedArrays): NamedArrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, stateArray(name, array)]));

function stateArray(name: string, array: exchange.NamedArray): NamedArray {
  const { dtype, shape, data } = array;
  switch (dtype) {
    case 'F32':
    case 'I64':
      return array;
    case 'F16':
    case 'BF16':
      return { dtype: 'F32', shape, data };
    case 'F64': {
      const rounded = Float32Array.from(data);
      if (rounded.some((value, i) => !Number.isFinite(value) && Number.isFinite(data[i]))) {
        throw unusable(name, 'F64 beyond the range of F32');
      }
      return { dtype: 'F32', shape, data: rounded };
    }
    case 'BOOL':
    case 'U64':
      throw unusable(name, `"${dtype}"`);
    default:
      return { dtype: 'I64', shape, data: BigInt64Array.from(data, BigInt) };
  }
}

/** A valid file may have it, but it cannot be converted without loss of meaning. */
export const unusable = (name: string, got: string, cause?: unknown): CheckpointError =>
  new CheckpointError(
    `'${name}': expected the dtype F32, F16, BF16, F64 or a whole-number type up to I64, got ${got}`,
    { code: 'LENET_SAFETENSORS_DTYPE', details: { name, got }, cause },
  );
