/** Layers compute what their functions compute, and their state survives a round trip. */
import {
  BatchNorm,
  batchNormInference,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  type Normalization,
  RMSNorm,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Behaviour } from '../behaviour.js';
import { toTensors } from '../calls.js';
import { expectClose, expectSame } from '../compare.js';
import { drawInputs } from '../golden/inputs.js';
import { channelCount, type Operation } from '../operation.js';
import { forward, take, takeOne } from '../run.js';
import { samples } from './extremes.js';

/** The layer that computes an operation. */
function layerOf(operation: Operation): Normalization {
  const { op, dataFormat, epsilon } = operation;
  const channels = { numFeatures: channelCount(operation), affine: true, dataFormat, epsilon };
  const rows = { normalizedShape: operation.normalizedShape!, epsilon };
  switch (op) {
    case 'batchNorm':
    case 'batchNormInference':
      return new BatchNorm(channels);
    case 'groupNorm':
      return new GroupNorm({
        numGroups: operation.numGroups!,
        numChannels: channelCount(operation),
        dataFormat,
        epsilon,
      });
    case 'instanceNorm':
      return new InstanceNorm(channels);
    case 'layerNorm':
      return new LayerNorm(rows);
    case 'rmsNorm':
      return new RMSNorm(rows);
  }
}

export const layersComputeTheirFunctions: Behaviour = async () => {
  for (const operation of samples) {
    const inputs = drawInputs(operation, 31);
    const layer = layerOf(operation);
    const { x, gamma, beta, mean, variance } = toTensors(operation, inputs);
    const state = { weight: gamma, bias: beta, running_mean: mean, running_var: variance };
    const given = Object.entries(state).filter(([, tensor]) => tensor !== undefined) as [string, tf.Tensor][];
    layer.loadStateDict(Object.fromEntries(given), { strict: false });
    const y = layer.apply(x, { training: operation.op === 'batchNorm' });
    layer.dispose();
    tf.dispose([x, ...given.map(([, tensor]) => tensor)]);
    expectSame(await takeOne(y), await forward(operation, inputs), operation.op);
  }
};

/** A layer that loads another's state dict, after training has moved it, computes the same. */
export const stateSurvivesARoundTrip: Behaviour = async () => {
  const trained = new BatchNorm({ numFeatures: 3, momentum: null });
  const loaded = new BatchNorm({ numFeatures: 3, momentum: null });
  const batches = [1, 2, 3].map((seed) => tf.tensor(drawInputs(samples[0]!, seed).x, [5, 3, 3, 5]));
  for (const x of batches) trained.apply(x, { training: true }).dispose();
  const state = trained.stateDict();
  loaded.loadStateDict(state);
  // The next step of a cumulative average depends on how many there were.
  for (const layer of [trained, loaded]) layer.apply(batches[0]!, { training: true }).dispose();
  const y = trained.apply(batches[1]!, { training: false });
  const again = loaded.apply(batches[1]!, { training: false });
  tf.dispose(batches);
  tf.dispose(Object.values(state));
  trained.dispose();
  loaded.dispose();
  const results = await take({ y, again });
  expectSame(results.again, results.y, 'y of the loaded layer');
};

/** After many steps on one batch, inference with the running statistics is training's y but for the unbiased factor. */
export const runningStatisticsConverge: Behaviour = async ({ tolerance }) => {
  const operation: Operation = { op: 'batchNorm', shape: [16, 3, 4, 4], affine: false };
  const inputs = drawInputs(operation, 33, { offset: 2, scale: 3 });
  const layer = new BatchNorm({ numFeatures: 3, momentum: 0.5, varianceEstimate: 'biased', affine: false });
  const { x } = toTensors(operation, { x: inputs.x });
  for (let step = 0; step < 40; step++) layer.apply(x, { training: true }).dispose();
  const training = layer.apply(x, { training: true });
  const inference = layer.apply(x, { training: false });
  const { runningMean: mean, runningVariance: variance } = layer;
  const byHand = batchNormInference(x, { mean: mean!, variance: variance! });
  x.dispose();
  layer.dispose();
  const y = await take({ training, inference, byHand });
  expectClose(y.inference, y.training, tolerance * 1e-5, 'y in inference');
  expectSame(y.byHand, y.inference, 'batchNormInference');
};
