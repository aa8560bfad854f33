/** Batch norm layers that cannot be folded stay, with the reason, and what is no model is refused. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { batchNormLayers, foldBatchNorms } from '../src/index.js';
import { sample } from './support/compare.js';
import {
  chain,
  conv,
  first,
  fold,
  image,
  ours,
  randomize,
  type Symbolic,
  TOLERANCE,
} from './support/folding.js';
import { testsInScope } from './support/scope.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

describe('a batch norm stays', () => {
  const input = () => tf.input({ shape: [6, 6, 3] });
  const same = (args = {}) =>
    tf.layers.conv2d({ ...conv, filters: 3, padding: 'same', name: 'conv', ...args });
  const graph = (
    make: (
      x: Symbolic,
      apply: (layer: Layer, x: Symbolic, args?: object) => Symbolic,
    ) => Symbolic | Symbolic[],
  ) => {
    const x = input();
    const apply = (layer: Layer, y: Symbolic, args?: object) => layer.apply(y, args) as Symbolic;
    return tf.model({ inputs: x, outputs: make(x, apply) });
  };
  const models: Record<string, [() => tf.LayersModel, RegExp]> = {
    'if the output of the convolution is used elsewhere too': [
      () =>
        graph((x, apply) => {
          const y = apply(same(), x);
          return tf.layers.add().apply([y, apply(ours(), y)]) as Symbolic;
        }),
      /output of 'conv' before it is used elsewhere/,
    ],
    'if the output of the convolution is one of the model': [
      () =>
        graph((x, apply) => {
          const y = apply(same(), x);
          return [y, apply(ours(), y)];
        }),
      /output of 'conv' before it is used elsewhere/,
    ],
    'if the convolution is shared': [
      () =>
        graph((x, apply) => {
          const shared = same();
          return apply(ours(), apply(shared, apply(tf.layers.reLU(), apply(shared, x))));
        }),
      /'conv' before it is shared/,
    ],
    'if it is shared': [
      () =>
        graph((x, apply) => {
          const shared = ours();
          return apply(shared, apply(same({ name: 'b' }), apply(shared, apply(same(), x))));
        }),
      /it is shared/,
    ],
    'if an activation stands between': [
      () => graph((x, apply) => apply(ours(), apply(tf.layers.reLU(), apply(same(), x)))),
      /a ReLU, and not directly after/,
    ],
    'if the convolution has an activation': [
      () => graph((x, apply) => apply(ours(), apply(same({ activation: 'tanh' }), x))),
      /has an activation, tanh/,
    ],
    'before a convolution, whose padding of zeros is not normalized': [
      () => graph((x, apply) => apply(same(), apply(ours(), x))),
      /after '.*', a InputLayer/,
    ],
    'on another axis': [
      () => graph((x, apply) => apply(ours({ axis: 1 }), apply(same(), x))),
      /its axis is 1, and the channels of 'conv' before it are on axis 3/,
    ],
    'that its graph calls in training mode': [
      () => graph((x, apply) => apply(ours(), apply(same(), x), { training: true })),
      /training: true/,
    ],
    'in a model that the graph calls in training mode': [
      () => graph((x, apply) => apply(chain(same(image), ours()), x, { training: true })),
      /training: true/,
    ],
    'after a separable convolution with channels first': [
      () =>
        chain(
          tf.layers.separableConv2d({ ...first, filters: 4, kernelSize: 3, useBias: false }),
          ours({ axis: 1 }),
        ),
      /channelsFirst.*gets wrong/,
    ],
  };

  it.each(Object.entries(models))('%s', async (_, [make, reason]) => {
    const model = make();
    const [shape] = [model.inputs[0]!.shape.slice(1)];
    const { folded, left } = await fold(model, sample([2, ...(shape as number[])]));
    expect(folded).toEqual([]);
    expect(left).toHaveLength(1);
    expect(left[0]!.reason).toMatch(reason);
  });

  const numbers: Record<string, [string, number, RegExp]> = {
    'a negative moving variance': ['moving_variance', -2, /moving variance is -2 in channel 1/],
    'a moving variance that is NaN': ['moving_variance', Number.NaN, /moving variance is NaN/],
    'a gamma that overflows': ['gamma', 3e38, /beyond float32/],
    'a moving variance that underflows': ['gamma', 1e-38, /too small for float32/],
  };
  it.each(Object.entries(numbers))('with %s', async (_, [weight, value, reason]) => {
    const model = chain(tf.layers.dense({ units: 2, inputShape: [3] }), ours());
    randomize(model);
    if (value === 3e38) model.layers[0]!.setWeights([tf.fill([3, 2], 10), tf.zeros([2])]);
    model.weights.find(({ originalName }) => originalName.endsWith(weight))!.write(tf.tensor1d([1, value]));
    const { left } = await foldBatchNorms(model);
    expect(left[0]!.reason).toMatch(reason);
  });

  it('but is folded with gamma 0, and a huge moving variance', async () => {
    const model = chain(tf.layers.dense({ units: 2, inputShape: [3] }), ours());
    randomize(model);
    model.layers[1]!.setWeights(
      [
        [0, 2],
        [3, 4],
        [1, 1e10],
        [1, 1e30],
      ].map((values) => tf.tensor1d(values)),
    );
    const { folded, largestDifference: difference } = await foldBatchNorms(model, { batch: sample([4, 3]) });
    expect(folded).toHaveLength(1);
    expect(difference).toBeLessThan(TOLERANCE);
  });
});

describe('refusals', () => {
  it('name what was given', async () => {
    await expect(foldBatchNorms({} as tf.LayersModel)).rejects.toThrow(
      /model must be a LayersModel.*got object/,
    );
    const layer = tf.layers.dense({ units: 1 }) as unknown as tf.LayersModel;
    await expect(foldBatchNorms(layer)).rejects.toThrow(/a single layer; make a model of it/);
    const model = chain(tf.layers.dense({ units: 2, inputShape: [3] }), ours());
    await expect(foldBatchNorms(model, { bach: 1 } as object)).rejects.toThrow(/unknown option 'bach'/);
    model.predict(tf.ones([1, 3]));
    model.dispose();
    await expect(foldBatchNorms(model)).rejects.toThrow(/was disposed/);
    expect(() => batchNormLayers({} as Layer)).toThrow(/must be a model or layer/);
  });

  it('are for models of a subclass', async () => {
    class Own extends tf.LayersModel {}
    const input = tf.input({ shape: [2] });
    const own = new Own({
      inputs: input,
      outputs: tf.layers.dense({ units: 1 }).apply(input) as Symbolic,
      name: 'own',
    });
    await expect(foldBatchNorms(own)).rejects.toThrow(/'own' is a Own, a class of its own/);
  });
});
