/**
 * The training loop, with the book-keeping of "Dive into Deep Learning": loss and accuracy of an epoch are averages over
 * its batches as they went by, each before its own step; the test accuracy is taken after the epoch.
 */
import * as tf from '@tensorflow/tfjs';
import { BatchGatherer, type Dataset, type LabelledImages } from '../dataset/images.js';
import { DivergenceError } from '../errors.js';
import type { LeNet } from '../model/lenet.js';
import type { Random } from '../random.js';
import { evaluate } from './evaluate.js';
import { pauser } from './pause.js';
import { trainStep } from './step.js';

export interface TrainOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Draws the order of the images, anew for each epoch. */
  readonly shuffling: Random;
  /** Ends training between two steps; `train` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Where an epoch stands. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  /** Images seen in this epoch. */
  readonly seen: number;
  /** Images in an epoch. */
  readonly total: number;
  /** Averages over the images seen. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  /** Seconds spent on training in this epoch. */
  readonly seconds: number;
}

/** One finished epoch. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
  /** Seconds spent on training, without evaluation. */
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

export interface TrainObserver {
  /** After each step. */
  onStep?(progress: Progress): void;
  /** After each epoch and its evaluation; training waits for it. */
  onEpoch?(metrics: EpochMetrics): Promise<void> | void;
}

/**
 * Trains with plain stochastic gradient descent; the last batch of an epoch is as small as it comes out.
 *
 * @throws DivergenceError where the loss is no finite number any more.
 */
export async function train(
  model: LeNet,
  dataset: Dataset,
  options: TrainOptions,
  observer: TrainObserver = {},
): Promise<EpochMetrics[]> {
  const optimizer = tf.train.sgd(options.learningRate);
  const history: EpochMetrics[] = [];
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch++) {
      const trained = await trainEpoch(epoch, model, optimizer, dataset.train, options, observer);
      const tested = await evaluate(model, dataset.test, options.batchSize, options.signal);
      const metrics: EpochMetrics = {
        epoch,
        trainLoss: trained.trainLoss,
        trainAccuracy: trained.trainAccuracy,
        testLoss: tested.loss,
        testAccuracy: tested.accuracy,
        seconds: trained.seconds,
        examplesPerSecond: trained.total / trained.seconds,
      };
      history.push(metrics);
      await observer.onEpoch?.(metrics);
    }
  } finally {
    optimizer.dispose();
  }
  return history;
}

async function trainEpoch(
  epoch: number,
  model: LeNet,
  optimizer: tf.Optimizer,
  images: LabelledImages,
  options: TrainOptions,
  observer: TrainObserver,
): Promise<Progress> {
  const { batchSize, shuffling, signal } = options;
  const start = performance.now();
  const gatherer = new BatchGatherer(images, batchSize);
  const order = shuffling.permutation(images.count);
  const pause = pauser(signal);
  let lossSum = 0;
  let correctSum = 0;
  let seen = 0;
  const progress = (): Progress => ({
    epoch,
    seen,
    total: images.count,
    trainLoss: lossSum / seen,
    trainAccuracy: correctSum / seen,
    seconds: (performance.now() - start) / 1000,
  });
  while (seen < images.count) {
    const batch = gatherer.gather(order, seen);
    const { loss, correct } = trainStep(model, optimizer, batch);
    lossSum += (await loss.data())[0] * batch.count;
    correctSum += (await correct.data())[0];
    seen += batch.count;
    tf.dispose([loss, correct, batch.images, batch.labels]);
    if (!Number.isFinite(lossSum)) throw diverged(epoch, seen, options.learningRate);
    observer.onStep?.(progress());
    await pause();
  }
  return progress();
}

const diverged = (epoch: number, seen: number, learningRate: number): DivergenceError =>
  new DivergenceError(
    `the loss is not finite any more after ${seen} images of epoch ${epoch}: training has diverged at learning rate ` +
      `${learningRate}; choose a smaller one`,
  );
