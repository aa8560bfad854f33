/** Fine-tuning with frozen statistics: a BatchNorm layer in inference behind one that is trained. */
import { BatchNorm } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { allowanceFor } from '../allowance.js';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { channelCount, type Inputs, type Operation } from '../operation.js';
import { referenceForward, referenceGradients } from '../reference.js';
import { forward, gradients, take } from '../run.js';

/** Sizes that are no multiple of a vector. */
const operations: readonly Operation[] = [
  { op: 'batchNormInference', shape: [7, 5] },
  { op: 'batchNormInference', shape: [5, 3, 3, 7] },
  { op: 'batchNormInference', shape: [2, 3, 5, 6], dataFormat: 'channelsLast', epsilon: 0.1 },
];

/** A layer with the weights and running statistics of an operation. */
export function layerWith(operation: Operation, inputs: Inputs): BatchNorm {
  const { dataFormat, epsilon, affine } = operation;
  const layer = new BatchNorm({ numFeatures: channelCount(operation), dataFormat, epsilon, affine });
  const { x, gamma, beta, mean, variance } = toTensors(operation, inputs);
  const state = {
    ...(gamma && beta && { weight: gamma, bias: beta }),
    running_mean: mean!,
    running_var: variance!,
  };
  layer.loadStateDict(state, { strict: false });
  tf.dispose([x, state]);
  return layer;
}

interface Step {
  /** What the frozen layer gave, and its running statistics after the step. */
  readonly frozen: Record<'y' | 'dGamma' | 'dBeta' | 'mean' | 'variance', Float32Array>;
  /** Gradients of the layer before it, and its running mean after the step. */
  readonly trained: Record<'dx' | 'dGamma' | 'dBeta' | 'mean', Float32Array>;
}

/** Gradients of sum(y * dy), y = frozen(trained(x)), as an optimizer takes them. */
async function step(operation: Operation, inputs: Inputs, before: Inputs): Promise<Step> {
  const frozen = layerWith(operation, inputs);
  const trained = layerWith(operation, before);
  const x = tf.tidy(() => tf.variable(tf.tensor(before.x, [...operation.shape])));
  const dy = tf.tensor(inputs.dy, [...operation.shape]);
  const model = () => frozen.apply(trained.apply(x, { training: true }), { training: false });
  const loss = () => tf.sum(tf.mul(model(), dy)) as tf.Scalar;
  const { value, grads } = tf.variableGrads(loss, [
    x,
    ...trained.trainableWeights,
    ...frozen.trainableWeights,
  ]);
  const gradientsOf = ({ gamma, beta }: BatchNorm) => ({
    dGamma: grads[gamma!.name]!,
    dBeta: grads[beta!.name]!,
  });
  const [mean, variance] = [tf.clone(frozen.runningMean!), tf.clone(frozen.runningVariance!)];
  const trainedMean = tf.clone(trained.runningMean!);
  const result = {
    frozen: await take({ y: tf.tidy(model), ...gradientsOf(frozen), mean, variance }),
    trained: await take({ dx: grads[x.name]!, ...gradientsOf(trained), mean: trainedMean }),
  };
  tf.dispose([x, dy, value]);
  frozen.dispose();
  trained.dispose();
  return result;
}

/**
 * The frozen layer's gradients are those of constant statistics, which stay as they are; the layer before it is trained
 * with the dx that they give.
 */
export const trainsTheOtherLayers: Behaviour = async ({ tolerance }) => {
  for (const [i, operation] of operations.entries()) {
    const first: Operation = { ...operation, op: 'batchNorm' };
    const before = drawInputs(first, 80 + i, { offset: 20, scale: 3 });
    const inputs = { ...drawInputs(operation, 90 + i), x: await forward(first, before) };
    const { frozen, trained } = await step(operation, inputs, before);

    const allowed = allowanceFor(operation, inputs, tolerance);
    const truth = referenceGradients(operation, inputs);
    expectClose(frozen.y, referenceForward(operation, inputs).y, allowed.y, 'y');
    expectClose(frozen.dGamma, truth.dGamma, allowed.dGamma, 'dGamma');
    expectClose(frozen.dBeta, truth.dBeta, allowed.dBeta, 'dBeta');
    expectSame(frozen.mean, inputs.mean!, 'running mean of the frozen layer');
    expectSame(frozen.variance, inputs.variance!, 'running variance of the frozen layer');

    const { dx } = await gradients(operation, inputs);
    expectClose(dx, truth.dx, allowed.dx, 'dx of the frozen layer');
    const wanted = await gradients(first, { ...before, dy: dx });
    expectSame(trained.dx, wanted.dx, 'dx of the layer before');
    expectSame(trained.dGamma, wanted.dGamma!, 'dGamma of the layer before');
    expectSame(trained.dBeta, wanted.dBeta!, 'dBeta of the layer before');
    expect(trained.mean, 'running mean of the layer before').not.toEqual(before.mean);
  }
};
