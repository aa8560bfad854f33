/** The contenders, and where each runs. */

/** A way to normalize that somebody may choose. */
export interface Way {
  readonly title: string;
  /** How it computes, for the page. */
  readonly text: string;
}

export const ways = {
  composed: {
    title: "tfjs's operations",
    text: 'The formula: `tf.moments`, subtraction, `tf.rsqrt`, multiplication, addition; the statistics in inference as they are given.',
  },
  batchNorm: {
    title: 'tf.batchNorm',
    text: '`tf.moments` and `tf.batchNorm`. Channels first: statistics and parameters in the shape of x. Up to rank 4.',
  },
  layers: {
    title: 'tf.layers',
    text: '`tf.layers.batchNormalization` and `tf.layers.layerNormalization`.',
  },
  onnxruntime: {
    title: 'onnxruntime-web',
    text: 'A model of one node: BatchNormalization, LayerNormalization, GroupNormalization, InstanceNormalization, RMSNormalization. It has no gradients.',
  },
  jax: {
    title: 'jax-js',
    text: 'The formula in its numpy, without `jit`; gradients by its `grad`.',
  },
  torch: { title: 'PyTorch', text: 'Its kernels in float32, one thread, AVX2.' },
  bn: { title: '@bn', text: '@bn/core with the kernels of its packages.' },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

export interface Contender {
  readonly way: WayName;
  readonly backend: string;
  readonly runsIn: 'Node' | 'Chromium' | 'Python';
}

const onBackends = (way: WayName, runsIn: Contender['runsIn'], ...backends: string[]): Contender[] =>
  backends.map((backend) => ({ way, backend, runsIn }));

const onTfjs = (way: WayName): Contender[] => [
  ...onBackends(way, 'Node', 'cpu', 'wasm'),
  ...onBackends(way, 'Chromium', 'webgl', 'webgpu'),
];

export const contenders: readonly Contender[] = [
  ...onTfjs('composed'),
  ...onTfjs('batchNorm'),
  ...onTfjs('layers'),
  ...onBackends('onnxruntime', 'Node', 'wasm'),
  ...onBackends('onnxruntime', 'Chromium', 'webgpu'),
  ...onBackends('jax', 'Node', 'wasm'),
  ...onBackends('jax', 'Chromium', 'webgpu'),
  ...onBackends('torch', 'Python', 'cpu'),
  ...onTfjs('bn'),
];

export const nameOf = ({ way, backend }: Contender): string => `${way} ${backend}`;
