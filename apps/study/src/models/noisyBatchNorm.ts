/**
 * Batch norm with noise behind it that has another distribution at each step (Santurkar and others, appendix A, algorithm 1).
 * At each step, for each channel:
 *
 *     mu ~ U(-0.5, 0.5), sigma ~ U(1, 1.25)
 *     for each sample: m ~ U(mu - 0.1, mu + 0.1), s ~ N(sigma, 0.1^2)
 *     y = s * batchNorm(x) + m
 *
 * With the running statistics there is no noise.
 */
import type { Random } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import { normal } from './initialization.js';
import type { PlacedBatchNorm } from './placedBatchNorm.js';
import type { PlacedNorm } from './placedNorm.js';

const meanBound = 0.5;
const deviationBound = 1.25;
const spread = 0.1;

export class NoisyBatchNorm implements PlacedNorm {
  constructor(
    private readonly inner: PlacedBatchNorm,
    private readonly random: Random,
  ) {}

  get trainable(): tf.Variable[] {
    return this.inner.trainable;
  }

  apply(x: tf.Tensor, statistics: ForwardMode['statistics']): tf.Tensor {
    const y = this.inner.apply(x, statistics);
    if (statistics === 'running') return y;
    const channels = x.shape.at(-1)!;
    const noise = drawNoise(x.shape[0]!, channels, this.random);
    const shape = [x.shape[0]!, ...x.shape.slice(1, -1).map(() => 1), channels];
    return tf.add(tf.mul(y, tf.tensor(noise.scales, shape)), tf.tensor(noise.offsets, shape));
  }

  dispose(): void {
    this.inner.dispose();
  }
}

/** `[samples, channels]` each. */
export function drawNoise(
  samples: number,
  channels: number,
  random: Random,
): { scales: Float32Array; offsets: Float32Array } {
  const scales = new Float32Array(samples * channels);
  const offsets = new Float32Array(samples * channels);
  for (let channel = 0; channel < channels; channel++) {
    const mu = random.uniform(-meanBound, meanBound);
    const sigma = random.uniform(1, deviationBound);
    for (let sample = 0; sample < samples; sample++) {
      const at = sample * channels + channel;
      offsets[at] = random.uniform(mu - spread, mu + spread);
      scales[at] = sigma + spread * normal(random);
    }
  }
  return { scales, offsets };
}
