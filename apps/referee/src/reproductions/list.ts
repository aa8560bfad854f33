/** A program for each cause of red cells. A test of the documents runs them, as they stand in docs/referee.md. */
import type { Reproduction } from './reproduction.js';

/** tfjs's gradient of batchNorm reads the scale that is not there; how its error reads depends on the backend. */
const withoutScale = ["of undefined (reading 'dataId')", "of undefined (reading 'dtype')"];

/** A program on tfjs's cpu backend whose last expression throws. */
const throwing = (expression: string, message: string): string => `import * as tf from '@tensorflow/tfjs';
try {
  ${expression};
} catch (error) {
  console.log(error.message); // ${message}
}`;

export const reproductions: readonly Reproduction[] = [
  {
    way: 'batchNorm',
    title: 'The gradient without scale (cpu)',
    kind: 'refused',
    messages: withoutScale,
    code: throwing(
      'tf.grad((x) => tf.batchNorm(x, [0], [1]))(tf.ones([2, 1]))',
      "Cannot read properties of undefined (reading 'dataId')",
    ),
  },
  {
    way: 'layers',
    title: 'Batch normalization along any but the last axis (cpu, wasm); right is -1, 1, -1, 1',
    kind: 'wrong',
    code: `import * as tf from '@tensorflow/tfjs';
const x = tf.tensor([1, 3, 5, 9], [1, 2, 1, 2]);
const y = tf.layers.batchNormalization({ axis: 1 }).apply(x, { training: true });
console.log(tf.round(y).dataSync().join(' ')); // -1 -2 3 1`,
  },
  {
    way: 'layers',
    title: 'Its gradient (cpu)',
    kind: 'refused',
    messages: ['must match the product of shape'],
    code: throwing(
      `const layer = tf.layers.batchNormalization({ axis: 1 });
  tf.grad((x) => layer.apply(x, { training: true }))(tf.ones([1, 2, 1, 2]))`,
      'Size(4) must match the product of shape 1,2,1,1',
    ),
  },
  {
    way: 'layers',
    title: 'Batch normalization without scale or center, in training (cpu)',
    kind: 'refused',
    messages: ["of undefined (reading 'read')"],
    code: throwing(
      'tf.layers.batchNormalization({ scale: false }).apply(tf.ones([2, 1]), { training: true })',
      "Cannot read properties of undefined (reading 'read')",
    ),
  },
  {
    way: 'layers',
    title: 'The gradient of a layer without scale, which is that of `tf.batchNorm` (cpu)',
    kind: 'refused',
    messages: withoutScale,
    code: throwing(
      'tf.grad((x) => tf.layers.layerNormalization({ scale: false }).apply(x))(tf.ones([1, 2]))',
      "Cannot read properties of undefined (reading 'dataId')",
    ),
  },
  {
    way: 'layers',
    title: 'Rank 5 (cpu)',
    kind: 'refused',
    messages: ['batchNormalization is not implemented for array of rank N yet'],
    code: throwing(
      'tf.layers.batchNormalization().apply(tf.ones([1, 1, 1, 1, 2]))',
      'batchNormalization is not implemented for array of rank 5 yet',
    ),
  },
  {
    way: 'onnxruntime',
    title:
      'GroupNormalization far from 0 (wasm); right is -1, 1. The model is one node of operator set 21, of one group and epsilon 1e-5',
    kind: 'wrong',
    code: `import * as ort from 'onnxruntime-web';
const model =
  'CAoSDEBibi9leGNoYW5nZTqaAQo6CgF4CgVzY2FsZQoEYmlhcxIBeSISR3JvdXBOb3JtYWxpemF0aW9uKhEKCm51bV9ncm91cHMYAaABAhIBZ1oXCgF4EhIK' +
  'EAgBEgwKAggBCgIIAQoCCAJaEwoFc2NhbGUSCgoICAESBAoCCAFaEgoEYmlhcxIKCggIARIECgIIAWIXCgF5EhIKEAgBEgwKAggBCgIIAQoCCAJCBAoAEBU=';
const session = await ort.InferenceSession.create(Uint8Array.from(atob(model), (char) => char.charCodeAt(0)));
const feed = (values, shape) => new ort.Tensor('float32', values, shape);
const { y } = await session.run({ x: feed([9999, 10001], [1, 1, 2]), scale: feed([1], [1]), bias: feed([0], [1]) });
console.log(Math.round(y.data[0]), Math.round(y.data[1])); // -316 316`,
  },
];
