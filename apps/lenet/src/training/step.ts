/** One step of stochastic gradient descent. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../dataset/images.js';
import type { LeNet } from '../model/lenet.js';
import { countCorrect, crossEntropy } from '../model/loss.js';

/** Scalars of one batch, before the step; the caller disposes them. */
export interface StepResult {
  /** Mean loss. */
  readonly loss: tf.Scalar;
  /** Number of images classified correctly, int32. */
  readonly correct: tf.Scalar;
}

/** Moves the model's weights against the gradient of the batch's mean loss. */
export function trainStep(model: LeNet, optimizer: tf.Optimizer, batch: Batch): StepResult {
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
