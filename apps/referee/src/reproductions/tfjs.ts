/** The programs on tfjs. */
import type { Reproduction } from './reproduction.js';

const packagesOf: Readonly<Record<string, string>> = {
  wasm: "import '@tensorflow/tfjs-backend-wasm';\n",
  webgpu: "import '@tensorflow/tfjs-backend-webgpu';\n",
};

const begin = (backend: string): string => `import * as tf from '@tensorflow/tfjs';
${packagesOf[backend] ?? ''}await tf.setBackend('${backend}');
`;

/** A program whose expression throws. */
const throwing =
  (expression: string): Reproduction['code'] =>
  (backend, message) =>
    `${begin(backend)}try {
  ${expression};
} catch (error) {
  console.log(error.message); // ${message}
}`;

const onEach = (message: string): Reproduction['prints'] => {
  const backends = ['cpu', 'wasm', 'webgl', 'webgpu'];
  return Object.fromEntries(backends.map((backend) => [backend, message]));
};

/** tfjs's gradient of batchNorm reads the scale that is not there; how its error reads depends on the backend. */
const withoutScale: Reproduction['prints'] = {
  ...onEach("Cannot read properties of undefined (reading 'dataId')"),
  wasm: "Cannot read properties of undefined (reading 'dtype')",
};

export const tfjsReproductions: readonly Reproduction[] = [
  {
    way: 'batchNorm',
    title: 'The gradient without scale',
    kind: 'refused',
    prints: withoutScale,
    code: throwing('tf.grad((x) => tf.batchNorm(x, [0], [1]))(tf.ones([2, 1]))'),
  },
  {
    way: 'layers',
    title: 'Batch normalization along any but the last axis; right is -1, 1, -1, 1',
    kind: 'wrong',
    prints: { cpu: '-1 -2 3 1', wasm: '-1 -2 3 1' },
    code: (backend, printed) => `${begin(backend)}const x = tf.tensor([1, 3, 5, 9], [1, 2, 1, 2]);
const y = tf.layers.batchNormalization({ axis: 1 }).apply(x, { training: true });
console.log(tf.round(y).dataSync().join(' ')); // ${printed}`,
  },
  {
    way: 'layers',
    title: 'The gradient of batch normalization along any but the last axis',
    kind: 'refused',
    prints: onEach('Size(4) must match the product of shape 1,2,1,1'),
    code: throwing(`const layer = tf.layers.batchNormalization({ axis: 1 });
  tf.grad((x) => layer.apply(x, { training: true }))(tf.ones([1, 2, 1, 2]))`),
  },
  {
    way: 'layers',
    title: 'Batch normalization without scale or center, in training',
    kind: 'refused',
    prints: onEach("Cannot read properties of undefined (reading 'read')"),
    code: throwing(
      'tf.layers.batchNormalization({ scale: false }).apply(tf.ones([2, 1]), { training: true })',
    ),
  },
  {
    way: 'layers',
    title: 'The gradient of a layer without scale, which is that of `tf.batchNorm`',
    kind: 'refused',
    prints: withoutScale,
    code: throwing(
      'tf.grad((x) => tf.layers.layerNormalization({ scale: false }).apply(x))(tf.ones([1, 2]))',
    ),
  },
  {
    way: 'layers',
    title: 'Rank 5',
    kind: 'refused',
    prints: onEach('batchNormalization is not implemented for array of rank 5 yet'),
    code: throwing('tf.layers.batchNormalization().apply(tf.ones([1, 1, 1, 1, 2]))'),
  },
  {
    way: 'layers',
    title:
      'Layer normalization of rank 5. `tf.tile` reads tensors of rank 5 synchronously, through a canvas; Chromium, which ' +
      'renders in software here, loses the device',
    kind: 'crashed',
    operations: ['layerNorm'],
    prints: { webgpu: 'A valid external Instance reference no longer exists.' },
    code: (
      backend,
      printed,
    ) => `${begin(backend)}tf.tile(tf.square(tf.ones([1, 1, 1, 1, 1])), [1, 1, 1, 1, 2]);
const { message } = await tf.backend().device.lost;
console.log(message); // ${printed}`,
  },
];
