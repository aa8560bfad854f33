/** Graph models with one node of batch normalization, and what it must give. */
import { expectedBatchNorm, type GraphModelNode, graphModel, input, node } from '@bn/tooling/graphModels';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach } from 'vitest';
import { registerGraphOps, unregisterGraphOps } from '../../src/graph/index.js';
import { registerBackend } from '../../src/index.js';
import { genericBackend } from './genericBackend.js';

/** Each test of the file begins with the ops of graph models registered, on plain kernels. */
export function useGraphOps(): void {
  beforeEach(() => {
    registerBackend(genericBackend);
    registerGraphOps(tf);
  });
  afterEach(() => unregisterGraphOps(tf));
}

export const parameters = { scale: [1, 2, -1], offset: [0.5, 0, -0.5] };
export const statistics = { mean: [1, -1, 0], variance: [4, 1, 0.25] };
export const none = { mean: [], variance: [] };
export const inputs = ['x', 'scale', 'offset', 'mean', 'variance'];
export const shape = [2, 2, 4, 3];
export const training = { is_training: true, epsilon: 0.01, data_format: 'NHWC' };
export type Attributes = GraphModelNode['attr'];

export const load = (...parts: Parameters<typeof graphModel>) =>
  tf.loadGraphModel(tf.io.fromMemory(graphModel(...parts)));
export const loadNode = (op: string, attributes: Attributes, weights: Record<string, number[]> = none) =>
  load([input('x'), node('bn', op, inputs, attributes)], { ...parameters, ...weights });
export const expected = (x: tf.Tensor, given: object, epsilon = 0.01, isFirst = false) =>
  expectedBatchNorm(
    { x: x.dataSync(), dy: x.dataSync(), ...parameters, ...given },
    { shape: x.shape, isFirst, epsilon },
  );
export const run = (model: tf.GraphModel, x: tf.Tensor, outputs: string | string[] = 'bn') =>
  model.execute({ x }, outputs) as tf.Tensor;
