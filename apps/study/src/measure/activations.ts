/** Values inside a network while it runs. */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../data/batches.js';
import type { ForwardMode, Place } from '../models/forwardMode.js';
import type { Network } from '../models/network.js';
import { measuring } from './gradient.js';

export interface Activation {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What is at a place of some layers, by the layers' names. */
export async function activationsAt(
  network: Network,
  batch: Batch,
  place: Place,
  layers: readonly string[] = network.layers.map(({ name }) => name),
  statistics: ForwardMode['statistics'] = measuring.statistics,
): Promise<Map<string, Activation>> {
  const seen = new Map<string, tf.Tensor>();
  tf.tidy(() => {
    network.forward(batch.images, {
      statistics,
      hook: (layer, where, value) => {
        if (where === place && layers.includes(layer)) seen.set(layer, tf.keep(tf.clone(value)));
        return undefined;
      },
    });
  });
  try {
    const read = new Map<string, Activation>();
    for (const [layer, value] of seen) {
      read.set(layer, { shape: value.shape, values: ((await value.data()) as Float32Array).slice() });
    }
    return read;
  } finally {
    tf.dispose([...seen.values()]);
  }
}

export interface ChannelMoments {
  readonly means: Float64Array;
  /** Biased. */
  readonly variances: Float64Array;
}

/** Of each channel, the last axis, over all else, in two passes of float64. */
export function channelMoments({ shape, values }: Activation): ChannelMoments {
  const channels = shape.at(-1)!;
  const count = values.length / channels;
  const means = new Float64Array(channels);
  const variances = new Float64Array(channels);
  values.forEach((value, i) => {
    means[i % channels]! += value / count;
  });
  values.forEach((value, i) => {
    variances[i % channels]! += (value - means[i % channels]!) ** 2 / count;
  });
  return { means, variances };
}
