/** UnitNormalization, SpectralNormalization, and LayerNormalization over axes in any order. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  LayerNormalization,
  RMSNormalization,
  SpectralNormalization,
  UnitNormalization,
} from '../src/index.js';
import { expectClose } from './support/compare.js';
import { images, predict, savedAndLoaded, sequentialWith } from './support/models.js';

const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const apply = (layer: tf.layers.Layer, x: tf.Tensor, training = false) =>
  layer.apply(x, { training }) as tf.Tensor;

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeEach(() => useBackend(backend));
  afterEach(() => tf.disposeVariables());

  describe('UnitNormalization', () => {
    it.each([-1, 1, [1, 2], [2, 1]])('gives norms of 1 over axis %j', (axis) => {
      const y = apply(new UnitNormalization({ axis }), tf.randomNormal([2, 3, 4], 0, 1, 'float32', 1));
      const norms = valuesOf(tf.sum(tf.square(y), axis));
      expectClose(
        norms,
        norms.map(() => 1),
      );
    });

    it('has the gradient of x / |x|, and 0 for a vector of zeros', () => {
      const layer = new UnitNormalization();
      const [a, b] = [3, 4];
      const gradient = tf.grad((x) => tf.sum(tf.mul(apply(layer, x), [1, 0])))(tf.tensor([[a, b]]));
      // d(a/n)/da = b^2 / n^3, d(a/n)/db = -a b / n^3.
      expectClose(valuesOf(gradient), [(b * b) / 125, (-a * b) / 125]);
      expect(valuesOf(apply(layer, tf.zeros([1, 2])))).toEqual([0, 0]);
    });

    it('refuses axes that are none', () => {
      expect(() => new UnitNormalization({ axis: { axis: -1 } as never })).toThrow(
        'axis must be an integer or a list',
      );
      expect(() => apply(new UnitNormalization({ axis: 2 }), tf.ones([2, 2]))).toThrow(
        'axis must be in [-2, 2)',
      );
    });

    it('passes the mask of its input', () => {
      const masking = tf.layers.masking({ maskValue: 0, inputShape: [null as unknown as number, 1] });
      const model = tf.sequential({
        layers: [masking, new UnitNormalization(), tf.layers.lstm({ units: 1 })],
      });
      const padded = model.predict(tf.tensor([1, 0], [1, 2, 1])) as tf.Tensor;
      const short = model.predict(tf.tensor([1], [1, 1, 1])) as tf.Tensor;
      expectClose(valuesOf(padded), valuesOf(short));
    });
  });

  describe('SpectralNormalization', () => {
    const kernel = [3, 0, 0, 0, 2, 0, 0, 0, 1, 1, 1, 1];
    /** Largest singular value, by many power iterations in float64. */
    function spectralNorm(rows: number, columns: number, values: number[]): number {
      let u = Array.from({ length: columns }, () => 1);
      let sigma = 0;
      for (let i = 0; i < 1000; i++) {
        const v = Array.from({ length: rows }, (_, r) =>
          u.reduce((sum, value, c) => sum + value * values[r * columns + c]!, 0),
        );
        const next = u.map((_, c) => v.reduce((sum, value, r) => sum + value * values[r * columns + c]!, 0));
        const norm = Math.hypot(...next);
        sigma = Math.sqrt(norm / Math.hypot(...u));
        u = next.map((value) => value / norm);
      }
      return sigma;
    }
    const dense = () =>
      tf.layers.dense({ units: 3, useBias: false, weights: [tf.tensor(kernel, [4, 3])], inputShape: [4] });

    it('divides the kernel by its largest singular value in training, and only there', () => {
      const layer = new SpectralNormalization({ layer: dense(), powerIterations: 60 });
      const x = tf.eye(4);
      expectClose(valuesOf(apply(layer, x)), kernel);
      const sigma = spectralNorm(4, 3, kernel);
      expectClose(
        valuesOf(apply(layer, x, true)),
        kernel.map((value) => value / sigma),
        1e-5,
      );
      expectClose(
        valuesOf(apply(layer, x)),
        kernel.map((value) => value / sigma),
        1e-5,
      );
    });

    it('takes a convolution as the matrix of its filters: ones of 2 by 2 become halves', () => {
      const conv = tf.layers.conv2d({ filters: 1, kernelSize: 2, kernelInitializer: 'ones' });
      const layer = new SpectralNormalization({ layer: conv, powerIterations: 8 });
      const x = tf.ones([1, 2, 2, 1]);
      expectClose(valuesOf(apply(layer, x)), [4]);
      expectClose(valuesOf(apply(layer, x, true)), [2]);
    });

    it.each([
      ['Embedding', () => tf.layers.embedding({ inputDim: 5, outputDim: 2 }), [4]],
      ['DepthwiseConv2D', () => tf.layers.depthwiseConv2d({ kernelSize: 2 }), [1, 3, 3, 2]],
    ] as [string, () => tf.layers.Layer, number[]][])('takes %s', (_, make, shape) => {
      const layer = new SpectralNormalization({ layer: make() });
      const y = apply(layer, tf.ones(shape), true);
      expect(y.shape).toEqual(layer.computeOutputShape(shape));
      expect(layer.weights.map(({ originalName }) => originalName.split('/').at(-1))).toContain('vector_u');
    });

    it('ends the mask of its input, as in Keras', () => {
      const norm = new BatchNormalization({ momentum: 0 });
      const kernelInitializer = tf.initializers.identity({ gain: 1 });
      const layer = tf.layers.dense({ units: 2, kernelInitializer, useBias: false });
      const model = tf.sequential({
        layers: [
          tf.layers.masking({ maskValue: 0, inputShape: [null as unknown as number, 2] }),
          new SpectralNormalization({ layer }) as unknown as tf.layers.Layer,
          norm,
        ],
      });
      model.apply(tf.tensor([4, 4, 0, 0], [1, 2, 2]), { training: true });
      // 4 and 0; with the mask it would be 4.
      expectClose(valuesOf(norm.getWeights()[2]!), [2, 2], 1e-3);
    });

    it('leaves a kernel of zeros', () => {
      const layer = new SpectralNormalization({
        layer: tf.layers.dense({ units: 2, kernelInitializer: 'zeros' }),
      });
      expect(valuesOf(apply(layer, tf.ones([1, 2]), true))).toEqual([0, 0]);
    });

    it('is trained, saved and loaded in a model, and leaves no tensors', async () => {
      const { x, y } = images(6);
      const before = tf.memory().numTensors;
      const conv = tf.layers.conv2d({ filters: 8, kernelSize: 3 });
      const model = sequentialWith(new SpectralNormalization({ layer: conv }));
      await model.fit(x, y, { verbose: 0 });
      const after = tf.memory().numTensors;
      await model.fit(x, y, { verbose: 0, epochs: 2 });
      expect(tf.memory().numTensors).toBe(after);
      const loaded = await savedAndLoaded(model);
      expect(loaded.layers[1]).toBeInstanceOf(SpectralNormalization);
      expect(loaded.layers[1]!.getConfig().powerIterations).toBe(1);
      expectClose(predict(loaded, x), predict(model, x), 1e-6);
      const kernel = model.layers[1]!.trainableWeights[0]!;
      const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
      expect(spectralNorm(height * width * channels, filters, valuesOf(kernel.read()))).toBeLessThan(3);
      loaded.dispose();
      model.dispose();
      model.optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('refuses what has no kernel, and iterations that are none', () => {
      const make = (args: object) => new SpectralNormalization({ layer: dense(), ...args } as never);
      expect(() => make({ powerIterations: 0 })).toThrow(
        'powerIterations must be an integer of at least 1, got 0',
      );
      expect(() => make({ layer: 'dense' })).toThrow('layer must be a layer of tf.layers, got string');
      for (const layer of [tf.layers.reLU(), tf.layers.separableConv2d({ filters: 1, kernelSize: 1 })]) {
        expect(() => apply(make({ layer }), tf.ones([1, 2, 2, 1]))).toThrow(
          /layer must have one kernel, got a /,
        );
      }
    });
  });

  describe('axes in another order', () => {
    it.each([LayerNormalization, RMSNormalization])('are sorted, as in Keras: %o', (Class) => {
      const x = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 2);
      const [sorted, unsorted] = [new Class({ axis: [1, 2] }), new Class({ axis: [-1, 1] })];
      expect(valuesOf(apply(unsorted, x))).toEqual(valuesOf(apply(sorted, x)));
      expect(unsorted.getWeights()[0]!.shape).toEqual([3, 4]);
      expect(() => apply(new Class({ axis: [2, -1] }), x)).toThrow('and none twice');
    });
  });

  describe('LayerNormalization with rmsScaling', () => {
    it("gives Keras' numbers: x over the standard deviation", () => {
      const layer = new LayerNormalization({ rmsScaling: true, gammaInitializer: 'ones' });
      expectClose(
        valuesOf(apply(layer, tf.tensor([[0, 1, 2, 3, 4]]))),
        [0, 0.70693, 1.41386, 2.12079, 2.82772],
        1e-5,
      );
      expect(layer.weights.length).toBe(1);
    });

    it('scales by gamma over any axes, keeps precision far from zero, and is saved', async () => {
      const layer = new LayerNormalization({ rmsScaling: true, axis: [2, 1], scale: false, epsilon: 1e-5 });
      const model = sequentialWith(layer);
      const { x, y } = images(6);
      await model.fit(x, y, { verbose: 0 });
      const loaded = await savedAndLoaded(model);
      expectClose(predict(loaded, x), predict(model, x), 1e-6);
      const far = apply(
        new LayerNormalization({ rmsScaling: true, epsilon: 1e-5 }),
        tf.tensor([[1e4 - 1, 1e4 + 1]]),
      );
      expectClose(valuesOf(far), [9999 / Math.sqrt(1 + 1e-5), 10001 / Math.sqrt(1 + 1e-5)], 1e-2);
    });
  });
});
