/**
 * The training loop, with the book-keeping of "Dive into Deep Learning": loss and accuracy of an epoch are averages over
 * its batches as they went by, each before its own step; the test accuracy is taken after the epoch.
 */
import * as tf from '@tensorflow/tfjs';
import { plural } from '../counts.js';
import { BatchGatherer, type Dataset, type LabelledImages } from '../dataset/images.js';
import { DivergenceError } from '../errors.js';
import type { LeNet } from '../model/lenet.js';
import { Random } from '../random.js';
import { type DetailedEvaluation, type Evaluation, evaluate } from './evaluate.js';
import { alone, type TrainingGroup, together } from './group.js';
import type { StepMeasurements } from './measurements.js';
import { pauser } from './pause.js';
import { startOfEpoch } from './position.js';
import type { Settings } from './settings.js';
import type { EpochMetrics, TrainingPosition } from './state.js';
import { takeStep } from './step.js';

export interface TrainOptions extends Omit<Settings, 'seed'> {
  /** Where to begin or to go on; the model must have the weights of that moment. */
  readonly from: TrainingPosition;
  /** Ends training between two steps; `train` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The processes that train together; each calls `train` with the same model, data and options. Default: this one alone. */
  readonly group?: TrainingGroup | undefined;
}

/** Where an epoch stands. */
export interface Progress {
  /** From 1. */
  readonly epoch: number;
  /** Images seen in this epoch. */
  readonly seen: number;
  /** Images in an epoch. */
  readonly total: number;
  /** Mean loss of the last batch, before its step. */
  readonly batchLoss: number;
  /** Averages over the images seen. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  /** Seconds spent on training in this epoch. */
  readonly seconds: number;
  /** Of the step's batch, if they were due. */
  readonly measurements?: StepMeasurements;
}

/**
 * Training waits for what the observer promises: to write a file, to pause, to change tfjs's backend. In a group each member has
 * one; what it rejects with ends the training of all.
 */
export interface TrainObserver {
  /** Whether the next step is to be measured; `position` is where training stands before it. Default: none is. */
  isMeasurementDue?(position: TrainingPosition): boolean;
  /** After each step; `position` is where training stands then. */
  onStep?(progress: Progress, position: TrainingPosition): Promise<void> | void;
  /** After each epoch and its evaluation; `position` is the start of the next epoch. */
  onEpoch?(
    metrics: EpochMetrics,
    position: TrainingPosition,
    tested: DetailedEvaluation,
  ): Promise<void> | void;
}

/**
 * Trains with plain stochastic gradient descent; the last batch of an epoch may be smaller. Resolves with
 * the metrics of the epochs that it finished.
 *
 * @throws DivergenceError where the loss is no finite number any more; GroupError where another member cannot go on.
 */
export async function train(
  model: LeNet,
  dataset: Dataset,
  options: TrainOptions,
  observer: TrainObserver = {},
): Promise<EpochMetrics[]> {
  const { group = alone } = options;
  const optimizer = tf.train.sgd(options.learningRate);
  const history: EpochMetrics[] = [];
  const shuffling = Random.fromState(options.from.shuffling);
  let position = options.from;
  try {
    while (position.epoch <= options.epochs) {
      const order = shuffling.permutation(dataset.train.count);
      const trained = await trainEpoch(model, optimizer, dataset.train, order, position, options, observer);
      const tested = await evaluate(model, dataset.test, options.batchSize, options.signal, group);
      const metrics = epochMetrics(trained, dataset.train.count, tested);
      history.push(metrics);
      position = startOfEpoch(position.epoch + 1, shuffling);
      await together(group, () => observer.onEpoch?.(metrics, position, tested));
    }
  } finally {
    optimizer.dispose();
  }
  return history;
}

/** Takes the steps that are left of an epoch. */
async function trainEpoch(
  model: LeNet,
  optimizer: tf.Optimizer,
  images: LabelledImages,
  order: Uint32Array,
  from: TrainingPosition,
  { batchSize, learningRate, signal, group = alone }: TrainOptions,
  observer: TrainObserver,
): Promise<TrainingPosition> {
  const gatherer = new BatchGatherer(images, batchSize);
  const pause = pauser(signal);
  let position = from;
  while (position.seen < images.count) {
    const start = performance.now();
    const batch = gatherer.gather(order, position.seen, (count) => group.shard(count));
    const measure = observer.isMeasurementDue?.(position) ?? false;
    const step = await takeStep(model, optimizer, batch, { measure, group });
    const { loss: batchLoss, correct, measurements } = step;
    tf.dispose([batch.images, batch.labels]);
    position = {
      ...position,
      seen: position.seen + batch.count,
      lossSum: position.lossSum + batchLoss * batch.count,
      correctSum: position.correctSum + correct,
      seconds: position.seconds + (performance.now() - start) / 1000,
    };
    const progress = { ...averages(position), total: images.count, batchLoss };
    await together(group, async () => {
      if (!Number.isFinite(position.lossSum)) throw diverged(position, learningRate);
      await observer.onStep?.({ ...progress, ...(measurements && { measurements }) }, position);
      await pause();
    });
  }
  return position;
}

const averages = ({ epoch, seen, lossSum, correctSum, seconds }: TrainingPosition) => ({
  epoch,
  seen,
  trainLoss: lossSum / seen,
  trainAccuracy: correctSum / seen,
  seconds,
});

function epochMetrics(trained: TrainingPosition, count: number, tested: Evaluation): EpochMetrics {
  const { epoch, trainLoss, trainAccuracy, seconds } = averages(trained);
  return {
    epoch,
    trainLoss,
    trainAccuracy,
    testLoss: tested.loss,
    testAccuracy: tested.accuracy,
    seconds,
    examplesPerSecond: count / seconds,
  };
}

const diverged = ({ epoch, seen }: TrainingPosition, learningRate: number): DivergenceError =>
  new DivergenceError(
    `the loss is no longer finite after ${plural(seen, 'image')} of epoch ${epoch}: training has diverged at learning rate ` +
      `${learningRate}; choose a smaller one`,
    { code: 'LENET_DIVERGED', details: { seen, epoch, learningRate } },
  );
