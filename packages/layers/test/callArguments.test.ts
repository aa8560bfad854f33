/** `training` of a call in a graph, as Keras files have it: it is stronger than what the model runs for. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNormalization, registerKerasLayers, unregisterKerasLayers } from '../src/index.js';
import { expectClose, normalized, sample } from './support/compare.js';
import { savedAndLoaded } from './support/models.js';
import { movingOf } from './support/statistics.js';

beforeAll(() => useBackend('cpu'));

type Symbolic = tf.SymbolicTensor;
const norm = (args = {}) => new BatchNormalization({ momentum: 0, name: 'bn', ...args });
const x = sample([6, 3]);
const byBatch = normalized(x, [0], 1e-3).dataSync();
const asMade = [
  [0, 0, 0],
  [1, 1, 1],
];
const predict = (model: tf.LayersModel) => (model.predict(x) as tf.Tensor).dataSync();

async function fit(model: tf.LayersModel): Promise<void> {
  model.compile({ optimizer: tf.train.sgd(0), loss: 'meanSquaredError' });
  await model.fit(x, tf.zeros([6, ...(model.outputs[0]!.shape.slice(1) as number[])]), { verbose: 0 });
}

/** A layer applied with these keywords, in a model. */
function called(layer: tf.layers.Layer, keywords?: object): tf.LayersModel {
  const input = tf.input({ shape: [3] });
  return tf.model({ inputs: input, outputs: layer.apply(input, keywords as never) as Symbolic });
}
const dense = () => tf.layers.dense({ units: 3 });
const bnOf = (model: tf.LayersModel) => model.getLayer('bn');

describe('training: true', () => {
  it('normalizes with the batch in predict, and moves the moving statistics', () => {
    const model = called(norm(), { training: true });
    expectClose(predict(model), byBatch, 1e-5);
    expect(movingOf(bnOf(model))).not.toEqual(asMade);
  });

  it('is saved and loaded', async () => {
    const model = await savedAndLoaded(called(norm(), { training: true }));
    expectClose(predict(model), byBatch, 1e-5);
  });

  it('does not thaw a frozen layer', () => {
    const model = called(norm({ trainable: false }), { training: true });
    expectClose(predict(model), tf.div(x, Math.sqrt(1.001)).dataSync(), 1e-5);
  });

  it('reaches a nested model', () => {
    const inner = tf.sequential({ layers: [norm({ inputShape: [3] })] });
    expectClose(predict(called(inner, { training: true })), byBatch, 1e-5);
  });

  it('is read from a Keras file, also where Python wrote a number', async () => {
    registerKerasLayers();
    for (const training of [true, 1]) {
      const layers = [
        {
          class_name: 'InputLayer',
          name: 'in',
          config: { batch_input_shape: [null, 3], name: 'in' },
          inbound_nodes: [],
        },
        {
          ...{ class_name: 'BatchNormalization', name: 'bn', config: { name: 'bn', axis: [1], momentum: 0 } },
          inbound_nodes: [[['in', 0, 0, { training }]]],
        },
      ];
      const config = { name: 'm', layers, input_layers: [['in', 0, 0]], output_layers: [['bn', 0, 0]] };
      const modelTopology = { class_name: 'Functional', config };
      const model = await tf.models.modelFromJSON({ modelTopology });
      expectClose(predict(model), byBatch, 1e-5);
    }
    unregisterKerasLayers();
  });

  it('is honoured for the layers of tf.layers as well: dropout at inference', () => {
    const model = called(tf.layers.dropout({ rate: 0.5 }), { training: true });
    expect(predict(model).filter((value) => value === 0).length).toBeGreaterThan(0);
  });
});

describe('training: false', () => {
  it('normalizes with the moving statistics in fit, and leaves them as they are', async () => {
    const model = called(norm(), { training: false });
    await fit(model);
    expect(movingOf(bnOf(model))).toEqual(asMade);
  });

  it('of a call of the base holds for all layers of the base', async () => {
    const bn = norm();
    const inner = tf.sequential({
      layers: [dense(), bn].map((layer, i) =>
        i > 0 ? layer : tf.layers.dense({ units: 3, inputShape: [3] }),
      ),
    });
    const input = tf.input({ shape: [3] });
    const features = inner.apply(input, { training: false } as never) as Symbolic;
    const head = norm({ name: 'head' });
    const model = tf.model({ inputs: input, outputs: head.apply(features) as Symbolic });
    await fit(model);
    expect(movingOf(bn)).toEqual(asMade);
    expect(movingOf(head)).not.toEqual(asMade);
  });

  it('is weaker than what is said further inside', () => {
    const inner = called(norm(), { training: true });
    expectClose(predict(called(inner, { training: false })), byBatch, 1e-5);
  });
});

describe('training that is no boolean', () => {
  it.each(['false', 'true', 2, Number.NaN, {}])('is refused in a call by the program: %s', (training) => {
    const bn = norm();
    expect(() => bn.apply(x, { training } as never)).toThrow(
      /^BatchNormalization 'bn': training must be true or false, got /,
    );
    expect(movingOf(bn)).toEqual(asMade);
  });

  it('is refused in a call in a graph, of any layer', () => {
    const model = called(tf.layers.dropout({ rate: 0.5, name: 'drop' }), { training: 'false' });
    expect(() => predict(model)).toThrow(
      "layer 'drop' in its model: training must be true or false, got 'false'",
    );
  });

  it('is false if it is left out, null or 0', () => {
    for (const training of [undefined, null, 0]) {
      const bn = norm();
      bn.apply(x, { training } as never);
      expect(movingOf(bn)).toEqual(asMade);
    }
  });
});

describe('a BatchNormalization with epsilon 0', () => {
  it('infers', () => {
    const model = called(
      norm({ epsilon: 0, movingVarianceInitializer: tf.initializers.constant({ value: 4 }) }),
    );
    expectClose(predict(model), tf.div(x, 2).dataSync(), 1e-6);
  });

  it('is refused in training, unless it is frozen', async () => {
    await expect(fit(called(norm({ epsilon: 0 })))).rejects.toThrow(
      "BatchNormalization 'bn': epsilon 0 is for inference only",
    );
    const input = tf.input({ shape: [3] });
    const frozen = norm({ epsilon: 0, trainable: false });
    await fit(tf.model({ inputs: input, outputs: frozen.apply(dense().apply(input)) as Symbolic }));
    expect(movingOf(frozen)).toEqual(asMade);
  });
});

describe('a layer that is called several times', () => {
  it('does in each call what this call says', () => {
    const bn = norm({ momentum: 1 });
    const [first, second] = [tf.input({ shape: [3] }), tf.input({ shape: [3] })];
    const outputs = [
      bn.apply(first, { training: false } as never) as Symbolic,
      bn.apply(second, { training: true } as never) as Symbolic,
    ];
    for (const order of [outputs, [...outputs].reverse()]) {
      const model = tf.model({ inputs: [first, second], outputs: order });
      const results = model.predict([x, x]) as tf.Tensor[];
      const [byMoving, byBatchNow] = outputs.map((output) => results[order.indexOf(output)]!.dataSync());
      expectClose(byBatchNow!, byBatch, 1e-5);
      expectClose(byMoving!, tf.div(x, Math.sqrt(1.001)).dataSync(), 1e-5);
    }
  });

  it('is not bound by that when a program calls it', () => {
    const bn = norm();
    called(bn, { training: true });
    bn.apply(x);
    expect(movingOf(bn)).toEqual(asMade);
  });
});
