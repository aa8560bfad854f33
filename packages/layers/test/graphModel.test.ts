/** A graph model, as tensorflowjs_converter makes of a SavedModel, gets @bn/wasm/accelerate without being changed. */
import { useBackend } from '@bn/core';
import { registerFusedBatchNorm, unregisterFusedBatchNorm } from '@bn/core/accelerate';
import { wasmBackend } from '@bn/wasm';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { expectClose } from './support/compare.js';

beforeAll(() => useBackend('wasm'));
afterEach(() => unregisterFusedBatchNorm('wasm'));

const parameters = {
  scale: [1, 2, -1],
  offset: [0.5, 0, -0.5],
  mean: [1, -1, 0],
  variance: [4, 1, 0.25],
};
const names = Object.keys(parameters);

/** One node of batch normalization, its parameters as weights. */
function loadGraphModel(): Promise<tf.GraphModel> {
  const dtype = { type: 'DT_FLOAT' };
  const shapeOf = (sizes: number[]) => ({ dim: sizes.map((size) => ({ size: String(size) })) });
  const constant = (name: string) => {
    const tensor = { dtype: 'DT_FLOAT', tensorShape: shapeOf([3]) };
    return { name, op: 'Const', attr: { dtype, value: { tensor } } };
  };
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype, shape: { shape: shapeOf([-1, 16, 16, 3]) } } },
    ...names.map(constant),
    {
      name: 'y',
      op: 'FusedBatchNormV3',
      input: ['x', ...names],
      // NHWC, in base64.
      attr: { T: dtype, epsilon: { f: 0.001 }, data_format: { s: 'TkhXQw==' }, is_training: { b: false } },
    },
  ];
  return tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: { node, versions: { producer: 1 } },
      weightSpecs: names.map((name) => ({ name, shape: [3], dtype: 'float32' as const })),
      weightData: new Float32Array(Object.values(parameters).flat()).buffer,
    }),
  );
}

it('predicts the same through our kernel', async () => {
  const model = await loadGraphModel();
  const x = tf.randomNormal([2, 16, 16, 3], 0, 1, 'float32', 1);
  const run = () => (model.predict(x) as tf.Tensor).dataSync();
  const normalize = vi.spyOn(wasmBackend, 'normalize');
  const without = run();
  expect(normalize).not.toHaveBeenCalled();
  registerFusedBatchNorm('wasm');
  expectClose(run(), without, 1e-5);
  expect(normalize).toHaveBeenCalledOnce();
});
