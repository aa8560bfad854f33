/** How good a model is on images that it does not learn from. */
import * as tf from '@tensorflow/tfjs';
import { BatchGatherer, inOrder, type LabelledImages } from '../dataset/images.js';
import type { LeNet } from '../model/lenet.js';
import { countCorrect, crossEntropy } from '../model/loss.js';
import { pauser } from './pause.js';

export interface Evaluation {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Share of images classified correctly, 0 to 1. */
  readonly accuracy: number;
}

/**
 * Evaluates in inference mode: normalizations use their running statistics. Rejects with the signal's reason, and does not
 * touch the model any more then, which may be disposed.
 */
export async function evaluate(
  model: LeNet,
  images: LabelledImages,
  batchSize: number,
  signal?: AbortSignal,
): Promise<Evaluation> {
  const gatherer = new BatchGatherer(images, batchSize);
  const order = inOrder(images);
  const pause = pauser(signal);
  let lossSum = 0;
  let correctSum = 0;
  for (let start = 0; start < images.count; start += batchSize) {
    // Given while the pause before came to its end.
    signal?.throwIfAborted();
    const batch = gatherer.gather(order, start);
    const { loss, correct } = tf.tidy(() => {
      const logits = model.forward(batch.images, { training: false });
      return {
        loss: crossEntropy(logits, batch.labels),
        correct: countCorrect(logits, batch.labels),
      };
    });
    lossSum += (await loss.data())[0] * batch.count;
    correctSum += (await correct.data())[0];
    tf.dispose([loss, correct, batch.images, batch.labels]);
    await pause();
  }
  return { loss: lossSum / images.count, accuracy: correctSum / images.count };
}
