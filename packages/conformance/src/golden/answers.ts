/** What @bn/core computes for a golden case on the current tfjs backend. */
import { BatchNorm, batchNorm, moments } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { factsOf, hasMoments } from '../facts.js';
import { channelCount, momentsOptions } from '../operation.js';
import { toTensors } from '../calls.js';
import { forward, gradients, take } from '../run.js';
import type { GoldenCase, OutputName } from './reader.js';

/** Outputs of a case as float32, as far as the operation has them. */
export type Answer = Readonly<Partial<Record<OutputName, Float32Array>>>;

/** y, mean and variance. */
export async function answerForward(golden: GoldenCase): Promise<Answer> {
  const y = await forward(golden.row, golden.inputs);
  return { y, ...(await statistics(golden)) };
}

/** dx, dGamma and dBeta. */
export async function answerGradients({ row, inputs }: GoldenCase): Promise<Answer> {
  const { dx, dGamma, dBeta } = await gradients(row, inputs);
  return { dx, ...(dGamma && { dGamma }), ...(dBeta && { dBeta }) };
}

/** runningMean and runningVariance after one batch of batch norm in training. */
export async function answerRunningStatistics({ row, inputs }: GoldenCase): Promise<Answer> {
  const { momentum, varianceEstimate, epsilon, dataFormat, batchesTracked = 0 } = row;
  const { x, mean, variance, ...affine } = toTensors(row, inputs);
  const layer = new BatchNorm({
    numFeatures: channelCount(row),
    affine: false,
    ...(momentum !== undefined && { momentum }),
    ...{ varianceEstimate, epsilon, dataFormat },
  });
  const num_batches_tracked = tf.scalar(batchesTracked, 'int32');
  layer.loadStateDict({ running_mean: mean!, running_var: variance!, num_batches_tracked });
  const y = layer.apply(x, { training: true });
  tf.dispose([y, x, mean!, variance!, num_batches_tracked, ...Object.values(affine)]);
  const running = await take({
    runningMean: tf.clone(layer.runningMean!),
    runningVariance: tf.clone(layer.runningVariance!),
  });
  layer.dispose();
  return running;
}

/** mean and variance, for operations whose statistics are public. */
async function statistics({ row, inputs }: GoldenCase): Promise<Answer> {
  if (!hasMoments(factsOf(row.op))) return {};
  const x = tf.tensor(inputs.x, [...row.shape]);
  const { dataFormat } = row;
  if (row.op === 'batchNorm') {
    const { y, mean, variance } = batchNorm(x, { dataFormat });
    tf.dispose([x, y]);
    return take({ mean, variance });
  }
  const result = moments(x, momentsOptions(row));
  x.dispose();
  return take(result as { mean: tf.Tensor; variance: tf.Tensor });
}
