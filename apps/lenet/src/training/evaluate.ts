/** How good a model is on images that it does not learn from. */
import * as tf from '@tensorflow/tfjs';
import { BatchGatherer, inOrder, type LabelledImages } from '../dataset/images.js';
import type { LeNet } from '../model/lenet.js';
import { crossEntropy } from '../model/loss.js';
import { alone, type TrainingGroup, together } from './group.js';
import { pauser } from './pause.js';

export interface Evaluation {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Share of images classified correctly, 0 to 1. */
  readonly accuracy: number;
}

/** An evaluation, image by image. */
export interface DetailedEvaluation extends Evaluation {
  /** The likeliest class of each image. */
  readonly predicted: Uint8Array;
}

/**
 * Evaluates in inference mode: normalizations use their running statistics. In a group each member takes its shard of the images,
 * and all get the same result. Rejects with the signal's reason, and does not touch the model any more then, which may be disposed.
 */
export async function evaluate(
  model: LeNet,
  images: LabelledImages,
  batchSize: number,
  signal?: AbortSignal,
  group: TrainingGroup = alone,
): Promise<DetailedEvaluation> {
  const { start, end } = group.shard(images.count);
  const order = inOrder(images).subarray(start, end);
  const own = await together(group, () => classify(model, images, order, batchSize, signal));
  const parts = group.reducer.allGather(Float64Array.from([own.lossSum, ...own.predicted]));
  const loss = parts.reduce((sum, [lossSum]) => sum + lossSum!, 0) / images.count;
  const predicted = Uint8Array.from(parts.flatMap(([, ...classes]) => classes));
  const correct = predicted.reduce((sum, label, index) => sum + Number(label === images.labels[index]), 0);
  return { loss, accuracy: correct / images.count, predicted };
}

/** The sum of the losses of the images that `order` names, and the likeliest class of each. */
async function classify(
  model: LeNet,
  images: LabelledImages,
  order: Uint32Array,
  batchSize: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly lossSum: number; readonly predicted: Uint8Array }> {
  const gatherer = new BatchGatherer(images, batchSize);
  const pause = pauser(signal);
  const predicted = new Uint8Array(order.length);
  let lossSum = 0;
  for (let start = 0; start < order.length; start += batchSize) {
    // Given while the pause before came to its end.
    signal?.throwIfAborted();
    const batch = gatherer.gather(order, start);
    const { loss, classes } = tf.tidy(() => {
      const logits = model.forward(batch.images, { training: false });
      return {
        loss: crossEntropy(logits, batch.labels),
        classes: tf.argMax(logits, 1),
      };
    });
    lossSum += (await loss.data())[0] * batch.count;
    predicted.set(await classes.data(), start);
    tf.dispose([loss, classes, batch.images, batch.labels]);
    await pause();
  }
  return { lossSum, predicted };
}
