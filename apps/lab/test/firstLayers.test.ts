/** Filters and feature maps beside plain loops over the weights. */
import { createLeNet, type LeNet, type Placement, randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { lookAtFirstLayers } from '../src/worker/firstLayers.js';

/** As everywhere in the network. */
const epsilon = 1e-5;

type State = Readonly<Record<string, Float32Array>>;
/** One map of `size * size` values per channel. */
interface Image {
  readonly size: number;
  readonly maps: readonly Float64Array[];
}

beforeAll(() => startBackend('wasm'));

/** A network whose normalizations are far from their start. */
function learnt(norm: 'batch' | 'none', placement: Placement): { model: LeNet; state: State } {
  const model = createLeNet({ norm, placement }, randomStreams(3).initialization);
  const state = model.stateDict();
  for (const [seed, name] of Object.keys(state).entries()) {
    if (!name.startsWith('norm') || state[name]!.rank === 0) continue;
    const before = state[name]!;
    state[name] = tf.randomUniform(before.shape, 0.2, 1.5, 'float32', seed);
    before.dispose();
  }
  model.loadStateDict(state);
  const arrays = Object.entries(state).map(([name, tensor]) => [name, tensor.dataSync() as Float32Array]);
  tf.dispose(state);
  return { model, state: Object.fromEntries(arrays) };
}

/** Stride 1 and no padding; weights `[out, in, 5, 5]`. */
function convolved({ size, maps }: Image, weights: Float32Array, biases: Float32Array): Image {
  const [filter, smaller] = [5, size - 4];
  const output = Array.from(biases, (bias, channel) =>
    Float64Array.from({ length: smaller ** 2 }, (_, place) => {
      const [row, column] = [Math.floor(place / smaller), place % smaller];
      let sum = bias;
      for (const [input, map] of maps.entries())
        for (let y = 0; y < filter; y++)
          for (let x = 0; x < filter; x++)
            sum +=
              weights[((channel * maps.length + input) * filter + y) * filter + x]! *
              map[(row + y) * size + column + x]!;
      return sum;
    }),
  );
  return { size: smaller, maps: output };
}

const normalized = ({ size, maps }: Image, state: State, name: string): Image => ({
  size,
  maps: maps.map((map, channel) => {
    const [mean, variance, gamma, beta] = ['running_mean', 'running_var', 'weight', 'bias'].map(
      (key) => state[`${name}.${key}`]?.[channel],
    );
    return mean === undefined
      ? map
      : map.map((x) => (gamma! * (x - mean)) / Math.sqrt(variance! + epsilon) + beta!);
  }),
});

const sigmoid = ({ size, maps }: Image): Image => ({
  size,
  maps: maps.map((map) => map.map((x) => 1 / (1 + Math.exp(-x)))),
});

function pooled({ size, maps }: Image): Image {
  const half = size / 2;
  return {
    size: half,
    maps: maps.map((map) =>
      Float64Array.from({ length: half ** 2 }, (_, place) => {
        const first = 2 * Math.floor(place / half) * size + 2 * (place % half);
        return (map[first]! + map[first + 1]! + map[first + size]! + map[first + size + 1]!) / 4;
      }),
    ),
  };
}

/** What the sigmoid of a layer gives, and what goes on from there. */
function layer(image: Image, state: State, number: 1 | 2, placement: Placement) {
  const conv = convolved(image, state[`conv${number}.weight`]!, state[`conv${number}.bias`]!);
  if (placement === 'after') {
    const output = sigmoid(conv);
    return { output, next: pooled(normalized(output, state, `norm${number}`)) };
  }
  const output = sigmoid(normalized(conv, state, `norm${number}`));
  return { output, next: pooled(output) };
}

const pixels = Uint8Array.from({ length: 784 }, (_, pixel) => (pixel * 37 + (pixel % 28) * 11) % 256);

test.each([
  ['none', 'before'],
  ['batch', 'before'],
  ['batch', 'after'],
] as const)(
  'with the norm %s %s the activation, filters and feature maps are those of plain loops',
  async (norm, placement) => {
    const { model, state } = learnt(norm, placement);
    const before = tf.memory().numTensors;
    const { filters, featureMaps } = await lookAtFirstLayers(model, pixels);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
    expect(filters).toHaveLength(6);
    expect(filters.flatMap((filter) => [...filter])).toEqual([...state['conv1.weight']!]);
    const first = layer(
      { size: 28, maps: [Float64Array.from(pixels, (byte) => byte / 255)] },
      state,
      1,
      placement,
    );
    const second = layer(first.next, state, 2, placement);
    expect(featureMaps.map(({ layer: name, maps }) => [name, maps.length, maps[0]!.length])).toEqual([
      ['conv1', 6, 24 * 24],
      ['conv2', 16, 8 * 8],
    ]);
    for (const [index, { output }] of [first, second].entries()) {
      const maps = featureMaps[index]!.maps;
      for (const [channel, map] of output.maps.entries())
        for (const [place, value] of map.entries())
          expect(Math.abs(maps[channel]![place]! - value)).toBeLessThan(1e-5);
      expect(new Set(output.maps.map(([value]) => value)).size).toBe(output.maps.length);
    }
  },
);
