/** Gradients of all members to their mean. */
import { DtypeError, ReducerError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { AverageInOrder, type Members } from './averageInOrder.js';
import type { Exchange } from './exchange.js';
import { flatten, unflatten } from './tensors.js';

/** Of one process. */
export class GradientAverage {
  /** Of all gradients, kept for the next step. */
  #flat = new Float32Array();
  readonly #inOrder: AverageInOrder;

  constructor(
    members: Members,
    private readonly exchange: Exchange,
  ) {
    this.#inOrder = new AverageInOrder(members);
  }

  /** As `MpiGroup.averageGradients`. @throws DtypeError for others than float32; ReducerError on every member if sizes differ. */
  average(gradients: tf.NamedTensorMap): tf.NamedTensorMap {
    const names = Object.keys(gradients);
    const tensors = names.map((name) => gradients[name]!);
    const other = tensors.findIndex(({ dtype }) => dtype !== 'float32');
    if (other >= 0) {
      throw new DtypeError(
        `averageGradients: expected float32 gradients, got ${tensors[other]!.dtype} for '${names[other]}'`,
      );
    }
    const sizes = Float64Array.from(tensors, ({ size }) => size);
    checkSizes('averageGradients', this.exchange.gather('averageGradients', sizes));
    const total = tensors.reduce((sum, { size }) => sum + size, 0);
    if (this.#flat.length !== total) this.#flat = new Float32Array(total);
    flatten(tensors, this.#flat);
    this.#inOrder.average(this.#flat);
    const means = unflatten(this.#flat, tensors);
    return Object.fromEntries(names.map((name, index) => [name, means[index]!]));
  }
}

const isEqual = (left: Float64Array, right: Float64Array): boolean =>
  left.length === right.length && left.every((value, index) => value === right[index]);

/** @throws ReducerError if the lists of the members differ. */
export function checkSizes(name: string, sizes: readonly Float64Array[]): void {
  const [first] = sizes;
  const other = sizes.findIndex((list) => !isEqual(list, first!));
  if (other < 0) return;
  throw new ReducerError(
    `${name}: expected tensors of the same sizes in the same order on every member, got [${first!.join(', ')}] on rank 0 and ` +
      `[${sizes[other]!.join(', ')}] on rank ${other}`,
  );
}
