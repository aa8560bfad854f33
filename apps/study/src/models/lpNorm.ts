/**
 * Normalization by the average l_p norm in the place of the deviation (Santurkar and others, section 3.3):
 *
 *     mean = 1/m sum x,  scale = (1/m sum |x|^p)^(1/p), for p = infinity max |x|
 *     y = gamma * (x - mean) / (scale + epsilon) + beta
 *
 * for each channel, over the m values of the batch and all positions. The scale is taken before the mean is subtracted: unlike
 * that of batch norm, it does not make the second moment 1. Composed of tfjs's own operations, which have its gradients.
 */
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import type { PlacedNorm } from './placedNorm.js';

const epsilon = 1e-5;
/** The weight that the old running statistic keeps, as in batch norm. */
const momentum = 0.9;

export class LpNorm implements PlacedNorm {
  readonly gamma: tf.Variable;
  readonly beta: tf.Variable;
  readonly #runningMean: tf.Variable;
  readonly #runningScale: tf.Variable;

  constructor(
    private readonly p: number,
    channels: number,
  ) {
    this.gamma = tf.tidy(() => tf.variable(tf.ones([channels])));
    this.beta = tf.tidy(() => tf.variable(tf.zeros([channels])));
    this.#runningMean = tf.tidy(() => tf.variable(tf.zeros([channels]), false));
    this.#runningScale = tf.tidy(() => tf.variable(tf.ones([channels]), false));
  }

  get trainable(): tf.Variable[] {
    return [this.gamma, this.beta];
  }

  apply(x: tf.Tensor, statistics: ForwardMode['statistics']): tf.Tensor {
    if (statistics === 'running') return this.#normalize(x, this.#runningMean, this.#runningScale);
    const [mean, scale] = this.#statistics(x);
    if (statistics === 'training') {
      move(this.#runningMean, mean);
      move(this.#runningScale, scale);
    }
    return this.#normalize(x, mean, scale);
  }

  #statistics(x: tf.Tensor): [mean: tf.Tensor, scale: tf.Tensor] {
    const rows = tf.reshape(x, [-1, x.shape.at(-1)!]);
    const size = tf.abs(rows);
    const mean = tf.mean(rows, 0);
    if (this.p === 1) return [mean, tf.mean(size, 0)];
    if (this.p === 2) return [mean, tf.sqrt(tf.mean(tf.square(rows), 0))];
    return [mean, tf.max(size, 0)];
  }

  #normalize(x: tf.Tensor, mean: tf.Tensor, scale: tf.Tensor): tf.Tensor {
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.add(scale, epsilon)), this.gamma), this.beta);
  }

  dispose(): void {
    tf.dispose([this.gamma, this.beta, this.#runningMean, this.#runningScale]);
  }
}

/** running = momentum * running + (1 - momentum) * value. */
const move = (running: tf.Variable, value: tf.Tensor): void =>
  tf.tidy(() => running.assign(tf.add(tf.mul(running, momentum), tf.mul(value, 1 - momentum))));
