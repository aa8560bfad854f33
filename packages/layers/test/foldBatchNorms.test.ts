/** Batch norm layers are folded into every kind of layer, and models with them predict the same. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { mobileNet } from '../scripts/mobilenet.mjs';
import { batchNormLayers, foldBatchNorms } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import {
  chain,
  conv,
  first,
  fold,
  image,
  makers,
  ours,
  randomize,
  type Symbolic,
  theirs,
} from './support/folding.js';
import { predict } from './support/models.js';
import { testsInScope } from './support/scope.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

const cases: Record<string, { layer: () => Layer; axis?: number; shape: number[] }> = {
  dense: { layer: () => tf.layers.dense({ units: 4, inputShape: [5] }), shape: [7, 5] },
  'dense of rank 3': { layer: () => tf.layers.dense({ units: 4, inputShape: [2, 5] }), shape: [7, 2, 5] },
  conv1d: { layer: () => tf.layers.conv1d({ ...conv, inputShape: [6, 3] }), shape: [2, 6, 3] },
  conv2d: { layer: () => tf.layers.conv2d({ ...conv, ...image, useBias: false }), shape: [2, 6, 6, 3] },
  'conv2d with channels first': {
    ...{ layer: () => tf.layers.conv2d({ ...conv, ...first }), axis: 1, shape: [2, 3, 6, 6] },
  },
  conv3d: { layer: () => tf.layers.conv3d({ ...conv, inputShape: [4, 4, 4, 2] }), shape: [1, 4, 4, 4, 2] },
  depthwise: {
    layer: () => tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', ...image }),
    shape: [2, 6, 6, 3],
  },
  'depthwise with channels first': {
    layer: () => tf.layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, useBias: false, ...first }),
    ...{ axis: 1, shape: [2, 3, 6, 6] },
  },
  separable: {
    layer: () => tf.layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, ...image }),
    shape: [2, 6, 6, 3],
  },
  transposed: {
    layer: () => tf.layers.conv2dTranspose({ ...conv, strides: 2, padding: 'same', ...image }),
    shape: [2, 6, 6, 3],
  },
  'transposed with channels first': {
    ...{ layer: () => tf.layers.conv2dTranspose({ ...conv, ...first, useBias: false }), axis: 1 },
    shape: [2, 3, 6, 6],
  },
  'transposed 3-D': {
    layer: () => tf.layers.conv3dTranspose({ ...conv, inputShape: [3, 3, 3, 2] }),
    shape: [1, 3, 3, 3, 2],
  },
};

describe.each(Object.entries(makers))('a BatchNormalization %s', (_, norm) => {
  // That of tf.layers cannot predict volumes, and is wrong on cpu if the channels come first.
  const isRight = ([, { shape, axis }]: (typeof entries)[number]) =>
    norm === ours || (shape.length < 5 && axis !== 1);
  const entries = Object.entries(cases);

  it.each(entries.filter(isRight))('is folded into %s', async (__, { layer, axis = -1, shape }) => {
    for (const backend of ['cpu', 'wasm']) {
      await useBackend(backend);
      const { model, folded, left } = await fold(
        chain(layer(), norm({ axis }), tf.layers.reLU()),
        sample(shape),
      );
      expect(folded).toHaveLength(1);
      expect(left).toEqual([]);
      expect(batchNormLayers(model)).toEqual([]);
      expect(model.layers).toHaveLength(2);
    }
  });

  it('is folded right if the channels come first', async () => {
    await useBackend('wasm');
    const { layer, axis, shape } = cases['conv2d with channels first']!;
    const [x, model, own] = [sample(shape), chain(layer(), norm({ axis })), chain(layer(), ours({ axis }))];
    randomize(model);
    randomize(own);
    const { model: folded } = await foldBatchNorms(model);
    expectClose(predict(folded, x), predict(own, x));
  });

  it('is folded without gamma and beta', async () => {
    const model = chain(
      tf.layers.dense({ units: 4, inputShape: [5] }),
      norm({ scale: false, center: false }),
    );
    expect((await fold(model, sample([7, 5]))).folded).toHaveLength(1);
  });

  it('is folded with kernel and bias in float64', async () => {
    const model = chain(tf.layers.dense({ units: 2, inputShape: [3], name: 'fc' }), norm({ epsilon: 1e-3 }));
    randomize(model);
    const [kernel, bias] = model.layers[0]!.getWeights().map((weight) => weight.dataSync());
    const [gamma, beta, mean, variance] = model.layers[1]!.getWeights().map((weight) => weight.dataSync());
    const { model: folded } = await foldBatchNorms(model);
    const scale = (c: number) => gamma![c]! / Math.sqrt(variance![c]! + 1e-3);
    const [foldedKernel, foldedBias] = folded.getWeights().map((weight) => [...weight.dataSync()]);
    expect(foldedKernel).toEqual([...kernel!].map((value, i) => Math.fround(value * scale(i % 2))));
    expect(foldedBias).toEqual(
      [...bias!].map((value, c) => Math.fround((value - mean![c]!) * scale(c) + beta![c]!)),
    );
  });
});

describe('whole models', () => {
  it('of MobileNet blocks lose all batch norms, and keep the other names and weights', async () => {
    const model = mobileNet(tf, { size: 16 });
    // Rounding adds up over its many layers.
    const { model: folded, left } = await fold(model, sample([2, 16, 16, 3]), 1e-4);
    expect(left).toEqual([]);
    const kept = model.layers.filter((layer) => layer.getClassName() !== 'BatchNormalization');
    expect(folded.layers.map(({ name }) => name)).toEqual(kept.map(({ name }) => name));
    const names = new Set(folded.weights.map(({ originalName }) => originalName));
    for (const layer of kept)
      for (const { originalName } of layer.weights) expect(names).toContain(originalName);
    expect(folded.countParams()).toBeLessThan(model.countParams());
  });

  it('of ResNet blocks with an addition', async () => {
    const input = tf.input({ shape: [8, 8, 4] });
    const convolve = (x: Symbolic, norm: Layer) =>
      norm.apply(tf.layers.conv2d({ ...conv, padding: 'same' }).apply(x)) as Symbolic;
    const relu = (x: Symbolic) => tf.layers.reLU().apply(x) as Symbolic;
    const branch = convolve(relu(convolve(input, ours())), theirs());
    const sum = tf.layers.add().apply([input, branch]) as Symbolic;
    const heads = [relu(sum), tf.layers.globalAveragePooling2d({}).apply(sum) as Symbolic];
    const model = tf.model({ inputs: input, outputs: heads });
    expect((await fold(model, sample([2, 8, 8, 4]))).folded).toHaveLength(2);
  });

  it('of U-Net with transposed convolutions and a concatenation, of two inputs', async () => {
    const [input, other] = [tf.input({ shape: [8, 8, 2] }), tf.input({ shape: [8, 8, 4] })];
    const apply = (layer: Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;
    const down = apply(ours(), apply(tf.layers.conv2d({ ...conv, padding: 'same' }), input));
    const deep = apply(tf.layers.maxPooling2d({ poolSize: 2 }), apply(tf.layers.reLU(), down));
    const up = apply(
      theirs(),
      apply(tf.layers.conv2dTranspose({ ...conv, strides: 2, padding: 'same' }), deep),
    );
    const joined = apply(tf.layers.concatenate(), [up, down, other]);
    const model = tf.model({ inputs: [input, other], outputs: apply(tf.layers.conv2d(conv), joined) });
    const batch = [sample([2, 8, 8, 2]), sample([2, 8, 8, 4], 2)];
    expect((await fold(model, batch)).folded).toHaveLength(2);
  });

  it('of tables, with dense layers', async () => {
    const layers = [
      ...[
        tf.layers.dense({ units: 8, inputShape: [5] }),
        ours(),
        tf.layers.reLU(),
        tf.layers.dropout({ rate: 0.5 }),
      ],
      ...[tf.layers.dense({ units: 8, activation: 'relu' }), ours({ name: 'after_relu' })],
      tf.layers.dense({ units: 1 }),
    ];
    const { folded, left } = await fold(tf.sequential({ layers }), sample([9, 5]));
    expect(folded).toHaveLength(1);
    expect(left).toEqual([
      { batchNorm: 'after_relu', reason: expect.stringMatching(/has an activation, relu/) },
    ]);
  });

  it('nested, shared and in TimeDistributed', async () => {
    const encoder = tf.sequential({
      name: 'encoder',
      layers: [tf.layers.dense({ units: 4, inputShape: [5], name: 'fc' }), ours({ name: 'bn' })],
    });
    const each = (layer: Layer) => tf.layers.timeDistributed({ layer });
    const [a, b] = [tf.input({ shape: [5] }), tf.input({ shape: [3, 5] })];
    const twice = tf.layers
      .add()
      .apply([encoder.apply(a), encoder.apply(encoder.layers[0]!.input)] as Symbolic[]);
    expect(twice).toBeDefined();
    const steps = each(theirs({ name: 'steps_bn' })).apply(
      each(tf.layers.dense({ units: 2 })).apply(b),
    ) as Symbolic;
    const inner = each(encoder).apply(b) as Symbolic;
    const outputs = [encoder.apply(a) as Symbolic, steps, inner];
    const { folded, model } = await fold(tf.model({ inputs: [a, b], outputs }), [
      sample([2, 5]),
      sample([2, 3, 5]),
    ]);
    expect(folded.map(({ batchNorm }) => batchNorm.split('/').at(-1)).sort()).toEqual(['bn', 'steps_bn']);
    expect(batchNormLayers(model)).toEqual([]);
  });

  it('with recurrent layers, whose wrappers and states are copied', async () => {
    const input = tf.input({ shape: [4, 3] });
    const hidden = ours().apply(tf.layers.dense({ units: 3 }).apply(input)) as Symbolic;
    const lstm = tf.layers.lstm({ units: 2, returnState: true });
    const [, h, c] = lstm.apply(hidden) as Symbolic[];
    const decoded = tf.layers.lstm({ units: 2 }).apply(hidden, { initialState: [h, c] }) as Symbolic;
    const both = tf.layers
      .bidirectional({ layer: tf.layers.gru({ units: 2 }), mergeMode: 'concat' })
      .apply(hidden) as Symbolic;
    expect(
      (await fold(tf.model({ inputs: input, outputs: [decoded, both] }), sample([2, 4, 3]))).folded,
    ).toHaveLength(1);
  });
});
