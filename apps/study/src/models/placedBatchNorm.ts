/** The batch norm of @bn/core, at one place of a network. */
import { BatchNorm, batchNorm } from '@bn/core';
import type * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import type { PlacedNorm } from './placedNorm.js';

/** Batch norm, whose statistics can be those of the batch without moving the running ones. */
export class PlacedBatchNorm implements PlacedNorm {
  readonly layer: BatchNorm;

  constructor(channels: number) {
    this.layer = new BatchNorm({ numFeatures: channels, dataFormat: 'channelsLast' });
  }

  get trainable(): tf.Variable[] {
    return this.layer.trainableWeights;
  }

  apply(x: tf.Tensor, statistics: ForwardMode['statistics']): tf.Tensor {
    if (statistics !== 'batch') return this.layer.apply(x, { training: statistics === 'training' });
    const { gamma, beta, options } = this.layer;
    const { epsilon, dataFormat } = options;
    return batchNorm(x, { gamma: gamma!, beta: beta!, epsilon, dataFormat }).y;
  }

  dispose(): void {
    this.layer.dispose();
  }
}
