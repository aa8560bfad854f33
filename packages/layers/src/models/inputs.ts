/** The inputs of a model in a batch of data. */
import { OptionError, ShapeError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { isArray, tensorOf } from '../batches.js';

/** All inputs of a model: one, a list, or by their names. */
export type ModelInputs =
  | tf.Tensor
  | tf.TensorLike
  | readonly tf.Tensor[]
  | Readonly<Record<string, tf.Tensor>>;

/** One batch: the inputs of the model, or these with labels. */
export type ModelBatch = ModelInputs | readonly [ModelInputs, ...unknown[]] | { readonly xs: ModelInputs };

/**
 * The tensors in the order of the model's inputs. To be run in a tidy.
 *
 * @throws OptionError for a batch that has others; ShapeError for a tensor that does not fit its input, and for inputs of different numbers of
 * samples.
 */
export function inputsOf(name: string, model: tfl.LayersModel, batch: unknown): tf.Tensor[] {
  const { inputNames } = model;
  const given = withoutLabels(batch, inputNames);
  const list = listOf(name, given, inputNames);
  if (list.length === inputNames.length && list.every((input) => input instanceof tf.Tensor)) {
    list.forEach((input, i) => {
      checkShape(name, inputNames[i]!, input.shape, [list[0]!.shape[0]!, ...model.inputs[i]!.shape.slice(1)]);
    });
    return list;
  }
  const wanted = inputNames.length === 1 ? 'a tensor' : `a list of ${inputNames.length} tensors`;
  throw new OptionError(
    `${name}: a batch must be ${wanted} for the inputs ${inputNames.join(', ')}, or { xs } or [xs, labels] with that, got ${described(given)}`,
  );
}

/** @param wanted null for sizes that are not fixed. */
function checkShape(name: string, input: string, shape: number[], wanted: (number | null)[]): void {
  if (shape.length === wanted.length && wanted.every((size, i) => size === null || size === shape[i])) return;
  const sizes = wanted.map((size) => size ?? 'any').join(', ');
  throw new ShapeError(
    `${name}: a batch must have the shape [${sizes}] for the input ${input}, got [${shape.join(', ')}]`,
  );
}

function withoutLabels(batch: unknown, inputNames: readonly string[]): unknown {
  if (typeof batch !== 'object' || batch === null || batch instanceof tf.Tensor || isArray(batch))
    return batch;
  if (!Array.isArray(batch)) return 'xs' in batch && !inputNames.includes('xs') ? batch.xs : batch;
  // Tensors of a model with several inputs are these.
  return inputNames.length > 1 && batch[0] instanceof tf.Tensor ? batch : batch[0];
}

function listOf(name: string, given: unknown, inputNames: readonly string[]): unknown[] {
  if (isArray(given)) return [tensorOf(name, given)];
  if (Array.isArray(given)) return given;
  const isByName = typeof given === 'object' && given !== null && !(given instanceof tf.Tensor);
  return isByName ? inputNames.map((input) => (given as Record<string, unknown>)[input]) : [given];
}

const described = (given: unknown): string => {
  if (given instanceof tf.Tensor) return 'one tensor';
  if (Array.isArray(given)) return `a list of ${given.length}`;
  return given !== null && typeof given === 'object'
    ? `an object with ${Object.keys(given).join(', ')}`
    : typeof given;
};
