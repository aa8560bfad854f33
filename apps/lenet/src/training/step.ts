/** One step of stochastic gradient descent. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../dataset/images.js';
import type { LeNet } from '../model/lenet.js';
import { countCorrect, crossEntropy } from '../model/loss.js';

/** Of one batch, before the step. */
export interface StepResult {
  /** Mean loss. */
  readonly loss: number;
  /** Number of images classified correctly. */
  readonly correct: number;
}

/** Moves the model's weights against the gradient of the batch's mean loss; the caller disposes the batch. */
export async function takeStep(model: LeNet, optimizer: tf.Optimizer, batch: Batch): Promise<StepResult> {
  const scalars = moveWeights(model, optimizer, batch);
  const [[loss], [correct]] = await Promise.all([scalars.loss.data(), scalars.correct.data()]);
  tf.dispose([scalars.loss, scalars.correct]);
  return { loss, correct };
}

/** The step without reading anything back: the same as scalars, which the caller disposes. */
export function moveWeights(
  model: LeNet,
  optimizer: tf.Optimizer,
  batch: Batch,
): { readonly loss: tf.Scalar; readonly correct: tf.Scalar } {
  return tf.tidy(() => {
    let correct: tf.Scalar | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.forward(batch.images, { training: true });
      correct = tf.keep(countCorrect(logits, batch.labels));
      return crossEntropy(logits, batch.labels);
    }, model.trainableWeights);
    optimizer.applyGradients(grads);
    return { loss: value, correct: correct! };
  });
}
