/** One step of stochastic gradient descent. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../dataset/images.js';
import { OptionError } from '../errors.js';
import type { ActivatedLayer } from '../model/architecture.js';
import type { LeNet } from '../model/lenet.js';
import { countCorrect, crossEntropy } from '../model/loss.js';
import { alone, type TrainingGroup } from './group.js';
import {
  deviationBetweenImages,
  gradientNorms,
  type MeasuredScalars,
  readMeasurements,
  type StepMeasurements,
} from './measurements.js';

/** Of one batch, of all members' shards of it, before the step. */
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
  /** The processes that share the batch. Default: this one has all of it. */
  readonly group?: TrainingGroup;
}

/**
 * Moves the model's weights against the gradient of the batch's mean loss; the caller disposes the batch. In a group every
 * member does, with its shard of the same batch, and all make the same step.
 *
 * @throws OptionError for a measurement of a batch that is shared: each member would measure its shard.
 */
export async function takeStep(
  model: LeNet,
  optimizer: tf.Optimizer,
  batch: Batch,
  options: StepOptions = {},
): Promise<StepResult> {
  const { measure = false, group = alone } = options;
  if (measure && group.size > 1) {
    throw new OptionError('a step of several processes is not measured; measure it in one process');
  }
  const {
    loss: lossScalar,
    correct: correctScalar,
    measured,
  } = moveWeights(model, optimizer, batch, options);
  const [[ownLoss], [ownCorrect]] = await Promise.all([lossScalar.data(), correctScalar.data()]);
  tf.dispose([lossScalar, correctScalar]);
  const sums = Float64Array.of(ownLoss, ownCorrect);
  group.reducer.allReduceSum(sums);
  const [lossSum, correct] = sums as unknown as [number, number];
  return {
    loss: lossSum / group.size,
    correct,
    ...(measured && { measurements: await readMeasurements(measured) }),
  };
}

/** A step that is not read back yet; the caller disposes the scalars. */
interface StepScalars {
  readonly loss: tf.Scalar;
  readonly correct: tf.Scalar;
  readonly measured?: MeasuredScalars;
}

/** The step without reading anything back. An error leaves no tensor behind. */
export function moveWeights(
  model: LeNet,
  optimizer: tf.Optimizer,
  batch: Batch,
  { measure = false, group = alone }: StepOptions = {},
): StepScalars {
  // Kept, since the loss is computed in a scope of tfjs that ends before they are read.
  let logits: tf.Tensor2D | undefined;
  const deviations: Partial<Record<ActivatedLayer, tf.Scalar>> = {};
  const inspect = (layer: ActivatedLayer, input: tf.Tensor) => {
    deviations[layer] = tf.keep(deviationBetweenImages(input));
  };
  const lossOf = () => {
    logits = tf.keep(model.forward(batch.images, { training: true, ...(measure && { inspect }) }));
    // The mean of this over the members is the mean over the batch, however it is shared out.
    return crossEntropy(logits, batch.labels, batch.count / group.size);
  };
  try {
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(lossOf, model.trainableWeights);
      // Not above: tfjs would record it for a gradient.
      const correct = countCorrect(logits!, batch.labels);
      optimizer.applyGradients(group.averageGradients(grads));
      const measured = measure && {
        deviations: deviations as MeasuredScalars['deviations'],
        gradients: gradientNorms(model, grads),
      };
      return { loss: value, correct, ...(measured && { measured }) };
    });
  } catch (error) {
    tf.dispose(Object.values(deviations));
    throw error;
  } finally {
    logits?.dispose();
  }
}
