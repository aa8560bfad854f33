/** Folded models predict what the models predict, and what cannot be folded stays, with its reason. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mobileNet } from '../scripts/mobilenet.mjs';
import { BatchNormalization, batchNormLayers, foldBatchNorms } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { artifactsOf, predict, savedAndLoaded } from './support/models.js';

type Symbolic = tf.SymbolicTensor;
type Layer = tf.layers.Layer;

/** A part of the largest output: the rounding of float32 over a few layers, or over many. */
const [TOLERANCE, DEEP] = [1e-5, 1e-4];

/** Weights that are not those of the start, whatever is trainable. */
function randomize(model: tf.LayersModel): void {
  for (const [i, weight] of model.weights.entries()) {
    const isVariance = weight.originalName.endsWith('moving_variance');
    const value = tf.randomNormal(weight.shape as number[], 0, 0.5, 'float32', i + 1);
    (weight.read() as tf.Variable).assign(isVariance ? tf.add(tf.square(value), 0.1) : value);
  }
}

const ours = (args = {}) => new BatchNormalization(args);
const theirs = (args = {}) => tf.layers.batchNormalization(args);
const makers = { 'of this package': ours, 'of tf.layers': theirs };
const chain = (...layers: Layer[]) => tf.sequential({ layers });

let tensors: number;
beforeEach(async () => {
  await useBackend('cpu');
  tf.engine().startScope();
  tensors = tf.memory().numTensors;
});
afterEach(() => tf.engine().endScope());

/** Folds, and checks that the outputs are the same. */
async function fold(model: tf.LayersModel, batch: tf.Tensor | tf.Tensor[], tolerance = TOLERANCE) {
  randomize(model);
  const result = await foldBatchNorms(model, { batch });
  const outputs = [model.predictOnBatch(batch)].flat();
  const largest = Math.max(1, ...outputs.map((output) => tf.max(tf.abs(output)).dataSync()[0]!));
  expect(result.largestDifference).toBeLessThan(tolerance * largest);
  return result;
}

const seed = tf.initializers.glorotNormal({ seed: 1 });
const image = { inputShape: [6, 6, 3] };
const first = { inputShape: [3, 6, 6], dataFormat: 'channelsFirst' as const };
const conv = { filters: 4, kernelSize: 3, kernelInitializer: seed };
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
    const { model: folded, left } = await fold(model, sample([2, 16, 16, 3]), DEEP);
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

describe('the folded model', () => {
  const small = (depthwiseRegularizer?: 'l1l2', dense = {}) =>
    tf.sequential({
      name: 'small',
      layers: [
        tf.layers.conv2d({ ...conv, ...image, useBias: false, name: 'conv', kernelConstraint: 'unitNorm' }),
        ...[
          ours({ name: 'bn' }),
          tf.layers.depthwiseConv2d({
            kernelSize: 2,
            name: 'dw',
            ...(depthwiseRegularizer && { depthwiseRegularizer }),
          }),
        ],
        ...[tf.layers.flatten(), tf.layers.dense({ units: 2, ...dense })],
      ],
    });
  const x = () => sample([2, 6, 6, 3]);

  it('says which constraints and regularizers it does without, and keeps those of other layers', async () => {
    const { folded, model } = await fold(small('l1l2', { kernelConstraint: 'nonNeg' }), x());
    expect(folded).toEqual([{ batchNorm: 'bn', into: 'conv', dropped: ['kernelConstraint'] }]);
    // tfjs writes the regularizer of a depthwise convolution in the place of its constraint.
    const fields = model.getLayer('dw') as unknown as {
      depthwiseConstraint: unknown;
      depthwiseRegularizer: unknown;
    };
    expect(fields.depthwiseConstraint).toBeNull();
    expect(fields.depthwiseRegularizer).not.toBeNull();
  });

  it('names its weights as before, and is saved and loaded by tfjs', async () => {
    const { model } = await fold(small(), x());
    const names = (await artifactsOf(model)).weightSpecs!.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['conv/kernel', 'conv/bias']);
    const loaded = await savedAndLoaded(model);
    expect([...predict(loaded, x())]).toEqual([...predict(model, x())]);
    expect(loaded.layers.some((layer) => layer instanceof BatchNormalization)).toBe(false);
  });

  it('is one of its own: training or disposing either leaves the other, and all tensors go', async () => {
    const model = small();
    randomize(model);
    const before = [...predict(model, x())];
    const { model: folded } = await foldBatchNorms(model, { batch: x() });
    const values = [...predict(folded, x())];
    folded.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await folded.trainOnBatch(x(), tf.ones([2, 2]));
    expect([...predict(folded, x())]).not.toEqual(values);
    expect([...predict(model, x())]).toEqual(before);
    model.dispose();
    expect(predict(folded, x()).every(Number.isFinite)).toBe(true);
    folded.dispose();
  });

  it('keeps what is trainable', async () => {
    const model = small();
    model.layers[0]!.trainable = false;
    model.layers[4]!.weights[1]!.trainable = false;
    const { model: folded } = await fold(model, x());
    expect(folded.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      model.trainableWeights
        .map(({ originalName }) => originalName)
        .filter((name) => !name.startsWith('bn/')),
    );
  });

  it('leaks nothing, and nothing is left of a failure', async () => {
    const model = small();
    const batch = x();
    const begin = tf.memory().numTensors;
    const { model: folded } = await foldBatchNorms(model, { batch });
    folded.dispose();
    expect(tf.memory().numTensors).toBe(begin);
    class Unreadable extends tf.layers.Layer {
      static readonly className = 'Unreadable';
      static override fromConfig(): never {
        throw new Error('no such thing');
      }
    }
    model.add(new Unreadable({ name: 'last' }));
    await expect(foldBatchNorms(model)).rejects.toThrow(/layer 'last' cannot be copied.*no such thing/);
    await expect(foldBatchNorms(model, { batch: tf.ones([1, 2]) })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(begin + 1);
    expect(tensors).toBeLessThan(begin);
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
