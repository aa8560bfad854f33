/** Layers that tf.layers itself refuses or breaks, before any backend is asked. A test calls each of them. */
import * as tf from '@tensorflow/tfjs';

export interface Refusal {
  layer: string;
  /** How it is made. */
  config: object;
  input: number[];
  /** What it says. */
  message: RegExp;
  /** What to do. */
  instead: string;
}

const ours = 'BatchNormalization of @bn/layers';

export const refusals: readonly Refusal[] = [
  {
    layer: 'batchNormalization',
    config: { scale: false },
    input: [2, 3],
    message: /Cannot read properties of undefined \(reading 'read'\)/,
    instead: ours,
  },
  {
    layer: 'conv1d',
    config: { filters: 2, kernelSize: 3, padding: 'causal' },
    input: [2, 5, 3],
    message: /CAUSAL padding mode in conv1dWithBias is not implemented/,
    instead: 'tf.pad in front, and padding valid',
  },
  {
    layer: 'elu',
    config: { alpha: 0.7 },
    input: [2, 3],
    message: /Non-default alpha value/,
    instead: '',
  },
  {
    layer: 'softmax',
    config: {},
    input: [2, 3, 4],
    message: /Softmax along a non-last dimension is not yet supported/,
    instead: 'name the last axis: its default is 1',
  },
];

/** Calls the layer as its users would. */
export function callRefused({ layer, config, input }: Refusal): void {
  const make = tf.layers[layer as 'softmax'] as unknown as (config: object) => tf.layers.Layer;
  tf.tidy(() => {
    make(config).apply(tf.ones(input), { training: true });
  });
}
