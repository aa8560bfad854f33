/** Trains a network for some steps, and tells what it sees on the way. */
import { countCorrect, crossEntropy } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import { type Batch, type Batches, disposeBatch } from '../data/batches.js';
import { type Network, trainableOf } from '../models/network.js';

export interface TrainOptions {
  readonly batches: Batches;
  readonly steps: number;
  /** Default: plain gradient descent. */
  readonly optimizer?: tf.Optimizer;
  readonly learningRate: number;
  /** Called before each step with its batch, while the weights are those of the step's beginning. */
  readonly beforeStep?: (step: number, batch: Batch) => Promise<void>;
  /** Called after each step, and once before the first with step 0. */
  readonly afterStep?: (step: number) => Promise<void>;
  /** Lets other things have their turn, and throws if the study is to stop. */
  readonly pause: () => Promise<void>;
}

export interface TrainResult {
  /** Of each step's batch, before the step. */
  readonly losses: number[];
  readonly accuracies: number[];
  /** The step whose loss was no finite number, counted from 1; training ended there. */
  readonly divergedAt: number | undefined;
}

export async function train(network: Network, options: TrainOptions): Promise<TrainResult> {
  const optimizer = options.optimizer ?? tf.train.sgd(options.learningRate);
  const result = { losses: [] as number[], accuracies: [] as number[] };
  try {
    await options.afterStep?.(0);
    for (let step = 1; step <= options.steps; step++) {
      const batch = options.batches.next();
      try {
        await options.beforeStep?.(step, batch);
        const { loss, accuracy } = await takeStep(network, batch, optimizer);
        result.losses.push(loss);
        result.accuracies.push(accuracy);
        if (!Number.isFinite(loss)) return { ...result, divergedAt: step };
      } finally {
        disposeBatch(batch);
      }
      await options.afterStep?.(step);
      await options.pause();
    }
    return { ...result, divergedAt: undefined };
  } finally {
    optimizer.dispose();
  }
}

async function takeStep(network: Network, batch: Batch, optimizer: tf.Optimizer) {
  const variables = trainableOf(network);
  let correct: tf.Scalar | undefined;
  const { value, grads } = tf.variableGrads(() => {
    const logits = network.forward(batch.images, { statistics: 'training' });
    correct = tf.keep(countCorrect(logits, batch.labels));
    return crossEntropy(logits, batch.labels);
  }, variables);
  optimizer.applyGradients(grads);
  const [[loss], [hits]] = await Promise.all([value.data(), correct!.data()]);
  tf.dispose([value, correct!, ...Object.values(grads)]);
  return { loss: loss!, accuracy: hits! / batch.labels.shape[0] };
}
