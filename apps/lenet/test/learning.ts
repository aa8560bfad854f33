/** How LeNet learns on a backend: its losses from PyTorch's initial weights, and the metrics of an epoch. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { BatchGatherer, type Dataset, inOrder, type LabelledImages } from '../src/dataset/images.js';
import { createLeNet } from '../src/model/initialization.js';
import type { LeNet } from '../src/model/lenet.js';
import { randomStreams } from '../src/random.js';
import { startOfEpoch } from '../src/training/position.js';
import { standardSettings } from '../src/training/settings.js';
import type { EpochMetrics } from '../src/training/state.js';
import { takeStep } from '../src/training/step.js';
import { train } from '../src/training/train.js';

export interface Start {
  readonly images: LabelledImages;
  readonly learningRate: number;
  readonly model: () => Promise<LeNet>;
}

/** Losses of steps on consecutive batches, each on the backend that is named for it. */
export async function losses(
  { images, learningRate, model: makeModel }: Start,
  backends: readonly string[],
  batchSize: number,
): Promise<number[]> {
  await useBackend(backends[0]!);
  const model = await makeModel();
  const optimizer = tf.train.sgd(learningRate);
  const gatherer = new BatchGatherer(images, batchSize);
  const order = inOrder(images);
  const curve = [];
  for (const [step, backend] of backends.entries()) {
    await useBackend(backend);
    const batch = gatherer.gather(order, step * batchSize);
    curve.push((await takeStep(model, optimizer, batch)).loss);
    tf.dispose([batch.images, batch.labels]);
  }
  model.dispose();
  optimizer.dispose();
  return curve;
}

export const times = (count: number, backend: string): string[] =>
  Array.from({ length: count }, () => backend);

export const farthest = (some: readonly number[], others: readonly number[]): number =>
  Math.max(...some.map((value, i) => Math.abs(value - others[i]!)));

/** Steps that are compared with PyTorch's where one takes a second: on tfjs's cpu, and if software renders the GPU. */
export const fewSteps = 10;
/** Of an epoch there. All batches have one size, so that programs are compiled once. */
export const fewImages = { count: 128, batchSize: 16 };

/** Metrics of one epoch from seed 0, of the first images. */
export async function epochOf(
  backend: string,
  { train: images, test: allTests }: Dataset,
  { count, batchSize }: { readonly count: number; readonly batchSize: number },
): Promise<EpochMetrics> {
  await useBackend(backend);
  const { initialization, shuffling } = randomStreams(0);
  const model = createLeNet({ norm: 'batch' }, initialization);
  const options = { ...standardSettings, batchSize, epochs: 1, from: startOfEpoch(1, shuffling) };
  // Training is compared: the evaluation that follows can be short.
  const dataset = { train: { ...images, count }, test: { ...allTests, count: 16 } };
  const [epoch] = await train(model, dataset, options);
  model.dispose();
  return epoch!;
}
