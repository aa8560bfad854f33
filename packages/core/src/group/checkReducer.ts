/** The check of the option `reducer`. */
import { OptionError } from '../errors.js';
import { kindOf } from '../options.js';
import type { Reducer } from './reducer.js';

/**
 * The reducer as it was given; undefined passes.
 *
 * @throws OptionError for an object without the two functions, or with a rank that is not below its size.
 */
export function checkReducer(name: string, reducer: Reducer | undefined): Reducer | undefined {
  if (reducer === undefined) return undefined;
  const { rank, size, allReduceSum, allGather } = Object(reducer) as Partial<Reducer>;
  if (typeof allReduceSum !== 'function' || typeof allGather !== 'function') {
    throw new OptionError(
      `${name}: reducer must be a Reducer with the functions allReduceSum and allGather, got ${kindOf(reducer)}`,
    );
  }
  if (!Number.isInteger(size) || !Number.isInteger(rank) || !(rank! >= 0 && rank! < size!)) {
    throw new OptionError(
      `${name}: reducer must have a rank from 0 to its size - 1, got rank ${String(rank)} of size ${String(size)}`,
    );
  }
  return reducer;
}

/** The reducer if there is anything to reduce: a group of one computes as if there were none. */
export const groupOf = (reducer: Reducer | undefined): Reducer | undefined =>
  reducer !== undefined && reducer.size > 1 ? reducer : undefined;
