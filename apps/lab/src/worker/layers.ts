/** What goes into each activation on some fixed images, and what each normalization has learnt. */

import type { LabelledImages, LeNet } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import { type LayerDistribution, saturation } from '../protocol.js';
import { activationInputs } from './activationInputs.js';

const bins = 48;

/** Looks at a model in inference mode. */
export async function inspectLayers(model: LeNet, probe: LabelledImages): Promise<LayerDistribution[]> {
  const inputs = activationInputs(model, probe);
  const norms = { conv1: model.norm1, conv2: model.norm2, fc1: model.norm3, fc2: model.norm4 };
  try {
    return await Promise.all(
      [...inputs].map(async ([layer, input]) => ({
        layer,
        ...summarize((await input.data()) as Float32Array),
        norm: await valuesOf(norms[layer]?.stateDict() ?? {}),
      })),
    );
  } finally {
    tf.dispose([...inputs.values()]);
  }
}

/** Copies the entries that have a value per channel, and disposes all. */
async function valuesOf(state: tf.NamedTensorMap): Promise<Record<string, Float32Array>> {
  const perChannel = Object.entries(state).filter(([, { rank }]) => rank === 1);
  const entries = perChannel.map(async ([name, tensor]): Promise<[string, Float32Array]> => {
    return [name, ((await tensor.data()) as Float32Array).slice()];
  });
  try {
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    tf.dispose(state);
  }
}

/** A histogram from the least to the largest value, mean, standard deviation, and the share beyond saturation. */
export function summarize(
  values: Float32Array,
): Pick<LayerDistribution, 'low' | 'high' | 'counts' | 'mean' | 'deviation' | 'saturated'> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let beyond = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
    if (Math.abs(value) > saturation) beyond++;
  }
  const mean = sum / values.length;
  const counts = new Array<number>(bins).fill(0);
  const perValue = high > low ? bins / (high - low) : 0;
  let squares = 0;
  for (const value of values) {
    counts[Math.min(bins - 1, Math.floor((value - low) * perValue))]!++;
    squares += (value - mean) ** 2;
  }
  return {
    low,
    high,
    counts,
    mean,
    deviation: Math.sqrt(squares / values.length),
    saturated: beyond / values.length,
  };
}
