/** Mean and variance of data that may not fit in memory, in float64. */
import { DtypeError, OptionError, ShapeError } from '@bn/core';
import { PopulationMoments } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';
import { type Batches, batchesOf, isArray, tensorOf } from './batches.js';

/** One batch: values, or values with labels. */
type Batch = tf.TensorLike | tf.Tensor | readonly [tf.Tensor, ...unknown[]] | { xs: tf.Tensor };

/** Values, or batches of them. */
export type AdaptData = Batches<Batch>;

/** x of a batch, and whether it is made here. */
function valuesOf(title: string, batch: unknown): { x: tf.Tensor; isMade: boolean } {
  const labelled = Array.isArray(batch) && batch[0] instanceof tf.Tensor ? batch[0] : batch;
  const values = (labelled as { xs?: unknown } | null)?.xs ?? labelled;
  if (isArray(values)) return { x: tensorOf(`${title}: adapt`, values), isMade: true };
  if (values instanceof tf.Tensor) {
    if (['float32', 'int32', 'bool'].includes(values.dtype)) return { x: values, isMade: false };
    throw new DtypeError(`${title}: adapt takes numbers, got a tensor of dtype ${values.dtype}`);
  }
  throw new OptionError(
    `${title}: adapt takes batches of tensors or arrays, got a batch of ${typeof values}`,
  );
}

/**
 * Mean and biased variance for each index of the kept axes, and how many values are behind each.
 *
 * @throws DtypeError, ShapeError and OptionError for data that has no such statistics.
 * @param keptAxes Checks the shape of a batch, and says which axes are kept, ascending.
 */
export async function momentsOf(title: string, data: AdaptData, keptAxes: (shape: number[]) => number[]) {
  let population: PopulationMoments | undefined;
  let sizes: number[] | undefined;
  for await (const batch of batchesOf(`${title}: adapt`, data)) {
    const { x, isMade } = valuesOf(title, batch);
    try {
      const axes = keptAxes(x.shape);
      const kept = axes.map((axis) => x.shape[axis]!);
      sizes ??= kept;
      if (!tf.util.arraysEqual(sizes, kept)) {
        throw new ShapeError(`${title}: adapt got batches of ${sizes} and of ${kept} values along axis`);
      }
      population ??= new PopulationMoments(tf.util.sizeFromShape(kept));
      const values = await x.data();
      if (values.length !== x.size) throw wrongTensor(title, x, values.length);
      addTo(population, values, x.shape, axes);
    } finally {
      if (isMade) x.dispose();
    }
  }
  const count = population?.count[0] ?? 0;
  if (population === undefined || count === 0) {
    throw new OptionError(`${title}: adapt got no values; a generator may have been used up before`);
  }
  const { mean } = population;
  const variance = population.variance();
  checkFinite(title, mean, variance);
  return { mean, variance, count };
}

/** Of lists that hold tensors, and of rows of different lengths, tfjs makes tensors with other numbers of values than their shape. */
const wrongTensor = (title: string, { shape, size }: tf.Tensor, got: number): ShapeError =>
  new ShapeError(
    `${title}: adapt got a tensor of the shape [${shape}] that holds ${got} values, not ${size}, which tfjs makes of rows of different ` +
      'lengths and of lists with tensors inside; zip a dataset with labels as { xs, ys }, not as a list',
  );

/** @throws OptionError for statistics that are no numbers in float32. */
function checkFinite(title: string, mean: Float64Array, variance: Float64Array): void {
  for (const [name, values] of Object.entries({ mean, variance })) {
    const bad = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (bad < 0) continue;
    throw new OptionError(
      `${title}: adapt got a ${name} of ${values[bad]} at index ${bad}, so that nothing was changed; look for NaN, infinity and very large ` +
        'numbers in the data',
    );
  }
}

/** Two passes over a batch: means, and squared deviations from them. */
function addTo(
  population: PopulationMoments,
  values: ArrayLike<number>,
  shape: number[],
  axes: number[],
): void {
  const channels = population.mean.length;
  const count = values.length / channels;
  if (count === 0) return;
  const channelAt = channelsOf(shape, axes);
  const mean = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) mean[channelAt(i)]! += values[i]!;
  for (let channel = 0; channel < channels; channel++) mean[channel]! /= count;
  const variance = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) {
    const channel = channelAt(i);
    variance[channel]! += (values[i]! - mean[channel]!) ** 2 / count;
  }
  population.add(mean, variance, count);
}

/** The place among the kept indices of the value at a place in memory. */
function channelsOf(shape: number[], axes: number[]): (i: number) => number {
  const strides = tf.util.computeStrides(shape).concat(1);
  const parts = axes.map((axis, k) => ({
    stride: strides[axis]!,
    size: shape[axis]!,
    step: tf.util.sizeFromShape(axes.slice(k + 1).map((later) => shape[later]!)),
  }));
  return (i) => {
    let channel = 0;
    for (const { stride, size, step } of parts) channel += (Math.floor(i / stride) % size) * step;
    return channel;
  };
}
