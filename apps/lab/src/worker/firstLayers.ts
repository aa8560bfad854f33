/** The filters of the first convolution, and the feature maps of both for one image. */
import type { LeNet } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { FeatureMaps, FirstLayers } from '../protocol.js';
import { activationInputs } from './activationInputs.js';

const convolutions = ['conv1', 'conv2'] as const;

/** @param pixels an image of 784 bytes */
export async function lookAtFirstLayers(model: LeNet, pixels: Uint8Array): Promise<FirstLayers> {
  const inputs = activationInputs(model, { count: 1, pixels, labels: Uint8Array.of(0) });
  const state = model.conv1.stateDict();
  try {
    const [weights, ...featureMaps] = await Promise.all([
      state.weight!.data(),
      ...convolutions.map(async (layer): Promise<FeatureMaps> => {
        const input = inputs.get(layer)!;
        const channels = input.shape.at(-1)!;
        return { layer, maps: mapsOf((await input.data()) as Float32Array, channels) };
      }),
    ]);
    return { filters: filtersOf(weights as Float32Array, state.weight!.shape), featureMaps };
  } finally {
    tf.dispose([...inputs.values(), state]);
  }
}

/** Cuts a weight `[channels, 1, height, width]`. */
function filtersOf(weights: Float32Array, [channels, ...sizes]: readonly number[]): Float32Array[] {
  const length = sizes.reduce((product, size) => product * size, 1);
  return Array.from({ length: channels! }, (_, channel) =>
    weights.slice(channel * length, (channel + 1) * length),
  );
}

/** The sigmoid of each channel of an image `[height, width, channels]`. */
const mapsOf = (input: Float32Array, channels: number): Float32Array[] =>
  Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: input.length / channels },
      (_, place) => 1 / (1 + Math.exp(-input[place * channels + channel]!)),
    ),
  );
