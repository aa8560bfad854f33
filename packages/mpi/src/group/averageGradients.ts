/** Gradients of all members to their mean. */
import { DtypeError, ReducerError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { averageInOrder, type Members } from './averageInOrder.js';
import type { Exchange } from './exchange.js';
import { flatten, unflatten } from './tensors.js';

/** As `MpiGroup.averageGradients`. @throws DtypeError for others than float32; ReducerError on every member if sizes differ. */
export function averageGradients(
  gradients: tf.NamedTensorMap,
  members: Members,
  exchange: Exchange,
): tf.NamedTensorMap {
  const names = Object.keys(gradients);
  const tensors = names.map((name) => gradients[name]!);
  for (const [index, { dtype }] of tensors.entries()) {
    if (dtype !== 'float32') {
      throw new DtypeError(
        `averageGradients: expected float32 gradients, got ${dtype} for '${names[index]}'`,
      );
    }
  }
  const sizes = Float64Array.from(tensors, ({ size }) => size);
  checkSizes('averageGradients', exchange.gather('averageGradients', sizes));
  const flat = flatten(tensors);
  averageInOrder(flat, members);
  const means = unflatten(flat, tensors);
  return Object.fromEntries(names.map((name, index) => [name, means[index]!]));
}

/** @throws ReducerError if the lists of the members differ. */
export function checkSizes(name: string, sizes: readonly Float64Array[]): void {
  const lists = sizes.map((list) => `[${list.join(', ')}]`);
  const other = lists.findIndex((list) => list !== lists[0]);
  if (other < 0) return;
  throw new ReducerError(
    `${name}: expected tensors of the same sizes in the same order on every member, got ${lists[0]} on rank 0 and ` +
      `${lists[other]} on rank ${other}`,
  );
}
