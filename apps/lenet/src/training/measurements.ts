/**
 * How far the images of a batch still differ layer by layer, and how much gradient comes back to each layer: what a
 * normalization changes, read off a training step.
 */
import * as tf from '@tensorflow/tfjs';
import { type ActivatedLayer, type WeightedLayer, weightedLayers } from '../model/architecture.js';
import type { LeNet } from '../model/lenet.js';

/** Of the batch of one step, before the step. */
export interface StepMeasurements {
  /**
   * The standard deviation between the images of what goes into each activation: sqrt(mean over features of Var[x]), the
   * variance of a feature (a pixel of a channel behind a convolution) over the images of the batch, divided by their number.
   */
  readonly deviations: Readonly<Record<ActivatedLayer, number>>;
  /** The Euclidean norm of the loss's gradient with respect to each layer's weight, the bias left out. */
  readonly gradients: Readonly<Record<WeightedLayer, number>>;
}

/** The same on the device. */
export interface MeasuredScalars {
  readonly deviations: Readonly<Record<ActivatedLayer, tf.Scalar>>;
  readonly gradients: Readonly<Record<WeightedLayer, tf.Scalar>>;
}

/** sqrt(mean over features of the variance over the batch) of x `[N, ...]`, as a scalar. */
export function deviationBetweenImages(x: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.mean(tf.moments(x, 0).variance)) as tf.Scalar);
}

/** The norm of each weight's gradient; `gradients` by the names of the model's variables. */
export function gradientNorms(model: LeNet, gradients: tf.NamedTensorMap): Record<WeightedLayer, tf.Scalar> {
  return byName(weightedLayers, (layer) => tf.norm(gradients[model[layer].weight.name]!) as tf.Scalar);
}

/** Reads the numbers back, and disposes the scalars. */
export async function readMeasurements({
  deviations,
  gradients,
}: MeasuredScalars): Promise<StepMeasurements> {
  const numbers = { deviations: await numbersOf(deviations), gradients: await numbersOf(gradients) };
  tf.dispose([...Object.values(deviations), ...Object.values(gradients)]);
  return numbers;
}

async function numbersOf<Name extends string>(
  scalars: Readonly<Record<Name, tf.Scalar>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(scalars) as Name[];
  const values = await Promise.all(names.map(async (name) => (await scalars[name].data())[0]));
  return byName(names, (_, index) => values[index]!);
}

const byName = <Name extends string, Value>(
  names: readonly Name[],
  get: (name: Name, index: number) => Value,
): Record<Name, Value> =>
  Object.fromEntries(names.map((name, index) => [name, get(name, index)])) as Record<Name, Value>;
