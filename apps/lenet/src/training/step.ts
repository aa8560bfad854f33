/** One step of stochastic gradient descent. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../dataset/images.js';
import type { ActivatedLayer } from '../model/architecture.js';
import type { LeNet } from '../model/lenet.js';
import { countCorrect, crossEntropy } from '../model/loss.js';
import {
  deviationBetweenImages,
  gradientNorms,
  type MeasuredScalars,
  readMeasurements,
  type StepMeasurements,
} from './measurements.js';

/** Of one batch, before the step. */
export interface StepResult {
  /** Mean loss. */
  readonly loss: number;
  /** Number of images classified correctly. */
  readonly correct: number;
  /** If they were asked for. */
  readonly measurements?: StepMeasurements;
}

export interface StepOptions {
  /** Whether to look into the layers, too. The step itself is the same. Default false. */
  readonly measure?: boolean;
}

/** Moves the model's weights against the gradient of the batch's mean loss; the caller disposes the batch. */
export async function takeStep(
  model: LeNet,
  optimizer: tf.Optimizer,
  batch: Batch,
  options: StepOptions = {},
): Promise<StepResult> {
  const {
    loss: lossScalar,
    correct: correctScalar,
    measured,
  } = moveWeights(model, optimizer, batch, options);
  const [[loss], [correct]] = await Promise.all([lossScalar.data(), correctScalar.data()]);
  tf.dispose([lossScalar, correctScalar]);
  return { loss, correct, ...(measured && { measurements: await readMeasurements(measured) }) };
}

/** A step that is not read back yet; the caller disposes the scalars. */
interface StepScalars {
  readonly loss: tf.Scalar;
  readonly correct: tf.Scalar;
  readonly measured?: MeasuredScalars;
}

/** The step without reading anything back. */
export function moveWeights(
  model: LeNet,
  optimizer: tf.Optimizer,
  batch: Batch,
  { measure = false }: StepOptions = {},
): StepScalars {
  return tf.tidy(() => {
    let correct: tf.Scalar | undefined;
    const deviations: Partial<Record<ActivatedLayer, tf.Scalar>> = {};
    const inspect = (layer: ActivatedLayer, input: tf.Tensor) => {
      deviations[layer] = tf.keep(deviationBetweenImages(input));
    };
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.forward(batch.images, { training: true, ...(measure && { inspect }) });
      correct = tf.keep(countCorrect(logits, batch.labels));
      return crossEntropy(logits, batch.labels);
    }, model.trainableWeights);
    optimizer.applyGradients(grads);
    const measured = measure && {
      deviations: deviations as MeasuredScalars['deviations'],
      gradients: gradientNorms(model, grads),
    };
    return { loss: value, correct: correct!, ...(measured && { measured }) };
  });
}
