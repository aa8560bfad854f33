/** BatchNormalization over a group of processes: what the members compute is what one process computes of the whole batch. */
import '@bn/cpu-ref';
import { inProcessGroup } from '@bn/conformance';
import { OptionError, type Reducer, useBackend } from '@bn/core';
import { joinGroup, singleMember } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  convertSyncBatchNorm,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../src/index.js';
import { expectClose, sample } from './support/compare.js';

beforeAll(() => useBackend('cpu'));
afterEach(() => joinGroup(undefined));

const x = sample([7, 4, 3]);
/** Uneven shards, one of them empty. */
const cuts = [0, 4, 4, 7];
const shardOf = (rank: number) => tf.slice(x, cuts[rank]!, cuts[rank + 1]! - cuts[rank]!);
const train = (model: tf.layers.Layer, x: tf.Tensor) => model.apply(x, { training: true }) as tf.Tensor;

interface Step {
  readonly y: number[];
  readonly weights: number[][];
}

/** y and the weights after a step on this x. */
function stepOf(model: tf.layers.Layer, x: tf.Tensor): Step {
  const y = [...train(model, x).dataSync()];
  return { y, weights: model.getWeights().map((weight) => [...weight.dataSync()]) };
}

/** Every member of the group makes its model and takes a step on its shard. */
const inGroup = (make: (reducer: Reducer) => tf.layers.Layer, count = 3) =>
  inProcessGroup(count, (reducer) => stepOf(make(reducer), shardOf(reducer.rank)));

function expectWhole(members: readonly Step[], whole: Step): void {
  expectClose(
    members.flatMap(({ y }) => y),
    whole.y,
  );
  for (const { weights } of members) {
    expect(weights).toEqual(members[0]!.weights);
    for (const [i, values] of weights.entries()) expectClose(values, whole.weights[i]!);
  }
}

const input = { inputShape: [4, 3] };

/** Models of which every one has a batch norm somewhere else. */
const models: Record<string, () => tf.layers.Layer> = {
  'a layer': () => new BatchNormalization({ ...input, momentum: 0.5 }),
  'a layer with the unbiased moving variance': () =>
    new BatchNormalization({ ...input, momentum: 0.5, fused: true }),
  'a layer over another axis': () => new BatchNormalization({ ...input, axis: 1 }),
  'a layer without gamma and beta': () => new BatchNormalization({ ...input, center: false, scale: false }),
  "tf.layers' own layer": () => tf.layers.batchNormalization({ ...input, momentum: 0.5 }),
  'a tf.sequential with both': () =>
    tf.sequential({ layers: [new BatchNormalization(input), tf.layers.batchNormalization()] }),
  'a nested model': () =>
    tf.sequential({ layers: [tf.sequential({ layers: [new BatchNormalization(input)] })] }),
  'a layer in TimeDistributed': () =>
    tf.layers.timeDistributed({ layer: new BatchNormalization(), ...input }),
  'a tf.model': () => {
    const symbolic = tf.input({ shape: [4, 3] });
    const y = new BatchNormalization().apply(tf.layers.reLU().apply(symbolic)) as tf.SymbolicTensor;
    return tf.model({ inputs: symbolic, outputs: y });
  },
};

describe('convertSyncBatchNorm', () => {
  it.each(Object.entries(models))('makes the statistics of %s those of the group', async (_, make) => {
    const members = await inGroup((reducer) => convertSyncBatchNorm(make(), reducer));
    expectWhole(members, stepOf(make(), x));
  });

  it("is right for tf.layers' own layer over another axis, which tfjs's cpu backend has wrong", async () => {
    const members = await inGroup((reducer) =>
      convertSyncBatchNorm(tf.layers.batchNormalization({ ...input, axis: 1 }), reducer),
    );
    expectWhole(members, stepOf(new BatchNormalization({ ...input, axis: 1 }), x));
  });

  it('keeps what a mask of the group leaves', async () => {
    const mask = tf.tensor2d(
      [1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1],
      [7, 4],
    );
    const step = (layer: BatchNormalization, from: number, size: number) => {
      const y = layer.apply(tf.slice(x, from, size), { training: true, mask: tf.slice(mask, from, size) });
      return {
        y: [...(y as tf.Tensor).dataSync()],
        weights: layer.getWeights().map((w) => [...w.dataSync()]),
      };
    };
    const members = await inProcessGroup(2, (reducer) => {
      const layer = convertSyncBatchNorm(new BatchNormalization(input), reducer);
      return reducer.rank === 0 ? step(layer, 0, 4) : step(layer, 4, 3);
    });
    expectWhole(members, step(new BatchNormalization(input), 0, 7));
  });

  it('leaves the moving statistics of a channel that no member sees as they are', async () => {
    const members = await inProcessGroup(2, (reducer) => {
      const layer = convertSyncBatchNorm(new BatchNormalization(input), reducer);
      layer.apply(shardOf(0), { training: true, mask: tf.zeros([4, 4]) });
      return layer.getWeights().map((weight) => [...weight.dataSync()]);
    });
    for (const [, , mean, variance] of members) {
      expect([mean, variance]).toEqual([
        [0, 0, 0],
        [1, 1, 1],
      ]);
    }
  });

  it('gives gradients that add up to those of the whole batch', async () => {
    const loss = (layer: tf.layers.Layer, x: tf.Tensor) =>
      tf.grads((x) => tf.sum(tf.pow(train(layer, x), 3)))([x])[0]!;
    for (const make of [models['a layer']!, models["tf.layers' own layer"]!]) {
      const members = await inProcessGroup(3, (reducer) => [
        ...loss(convertSyncBatchNorm(make(), reducer), shardOf(reducer.rank)).dataSync(),
      ]);
      expectClose(members.flat(), loss(make(), x).dataSync());
    }
  });

  it('gives the model back, and changes neither inference nor its config', () => {
    const layer = new BatchNormalization(input);
    const model = tf.sequential({ layers: [layer, tf.layers.batchNormalization()] });
    const [config, before] = [
      JSON.stringify(model.getConfig()),
      [...(model.predict(x) as tf.Tensor).dataSync()],
    ];
    expect(convertSyncBatchNorm(model, refusing)).toBe(model);
    expect(JSON.stringify(model.getConfig())).toBe(config);
    expect([...(model.predict(x) as tf.Tensor).dataSync()]).toEqual(before);
  });

  it('is undone by a group of one', () => {
    for (const make of [models['a layer']!, models["tf.layers' own layer"]!]) {
      const model = convertSyncBatchNorm(make(), refusing);
      expect(() => train(model, x)).toThrow('was called');
      convertSyncBatchNorm(model, singleMember);
      expect(stepOf(model, x)).toEqual(stepOf(make(), x));
    }
  });

  it('does not communicate in a layer that is frozen', () => {
    const layer = convertSyncBatchNorm(new BatchNormalization({ ...input, trainable: false }), refusing);
    expect(() => train(layer, x)).not.toThrow();
  });

  it('passes over models without batch norm', () => {
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, ...input })] });
    expect(convertSyncBatchNorm(dense, refusing)).toBe(dense);
  });

  it('refuses a batch norm that it does not know, and converts nothing', () => {
    class MyBatchNorm extends tf.layers.Layer {
      static readonly className = 'MyBatchNorm';
    }
    const layer = new BatchNormalization(input);
    const model = tf.sequential({ layers: [layer, new MyBatchNorm({ name: 'strange' })] });
    const refused = () => convertSyncBatchNorm(model, refusing);
    expect(refused).toThrow(OptionError);
    expect(refused).toThrow(
      "layer 'strange' is a MyBatchNorm that is neither of @bn/layers nor of tf.layers",
    );
    expect(() => train(layer, x)).not.toThrow();
  });

  it('refuses what is no model and what is no reducer', () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the types forbid
    const untyped = convertSyncBatchNorm as any;
    expect(() => untyped({}, refusing)).toThrow(
      'convertSyncBatchNorm: model must be a model or layer of tf.layers, got object',
    );
    expect(() => untyped(new BatchNormalization(input))).toThrow(
      'convertSyncBatchNorm: reducer must be a Reducer, got undefined',
    );
    expect(() => untyped(new BatchNormalization(input), {})).toThrow(
      'reducer must be a Reducer with the functions',
    );
  });
});

/** A group of two that must not be asked for anything. */
const refusing: Reducer = {
  rank: 0,
  size: 2,
  allReduceSum: () => {
    throw new Error('allReduceSum was called');
  },
  allGather: () => {
    throw new Error('allGather was called');
  },
};

describe('synchronized: true', () => {
  const make = () => new BatchNormalization({ ...input, synchronized: true });

  it('is nothing to speak of in a process that is alone', () => {
    const plain = stepOf(new BatchNormalization(input), x);
    expect(stepOf(make(), x)).toEqual(plain);
    joinGroup(singleMember);
    expect(stepOf(make(), x)).toEqual(plain);
  });

  it('takes the group that the process joins, before or after the layer is made', async () => {
    const members = await inGroup((reducer) => {
      if (reducer.rank === 1) joinGroup(reducer);
      const layer = make();
      joinGroup(reducer);
      return layer;
    });
    expectWhole(members, stepOf(new BatchNormalization(input), x));
  });

  it('is saved with the layer', () => {
    expect(make().getConfig().synchronized).toBe(true);
    expect(new BatchNormalization(input).getConfig()).not.toHaveProperty('synchronized');
  });

  it('is true or false', () => {
    const strange = { ...input, synchronized: 'yes' as unknown as boolean };
    expect(() => new BatchNormalization(strange)).toThrow(
      "BatchNormalization: synchronized must be true or false, got 'yes'",
    );
  });

  it('does not make layers without it take the group', () => {
    joinGroup(refusing);
    expect(() => stepOf(new BatchNormalization(input), x)).not.toThrow();
  });

  it.each(['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE'])(
    'is refused in one of several processes without a group: %s',
    (name) => {
      process.env[name] = '4';
      try {
        const layer = make();
        const refused = () => train(layer, x);
        expect(refused).toThrow(OptionError);
        expect(refused).toThrow(
          `'${layer.name}': synchronized is true, and this process is one of 4 that mpirun`,
        );
        expect(() => layer.apply(x)).not.toThrow();
        process.env[name] = '1';
        expect(refused).not.toThrow();
      } finally {
        delete process.env[name];
      }
    },
  );
});

describe('a SyncBatchNormalization of Keras', () => {
  const load = (className: string, config: object) => {
    registerKerasLayers();
    try {
      return tf.models.modelFromJSON({
        modelTopology: {
          class_name: 'Sequential',
          config: {
            name: 'sequential',
            layers: [
              { class_name: className, config: { name: 'norm', batch_input_shape: [null, 4, 3], ...config } },
            ],
          },
        },
      });
    } finally {
      unregisterKerasLayers();
    }
  };

  it.each([
    ['SyncBatchNormalization', {}],
    ['Experimental>SyncBatchNormalization', {}],
    ['BatchNormalization', { synchronized: true }],
  ])('is silent in a group of one and takes the group of more: %s', async (className, config) => {
    const whole = stepOf(await load(className, config), x);
    expect(whole).toEqual(stepOf(new BatchNormalization(input), x));
    const loaded = await Promise.all([0, 1, 2].map(() => load(className, config)));
    const initial = loaded[0]!.getWeights().map((weight) => tf.clone(weight));
    const members = await inGroup((reducer) => {
      joinGroup(reducer);
      const model = loaded[reducer.rank]!;
      model.setWeights(initial);
      return model;
    });
    expectWhole(members, whole);
  });

  it('is one again after it has been saved', async () => {
    const model = await load('SyncBatchNormalization', {});
    expect(model.getLayer('norm').getConfig().synchronized).toBe(true);
  });
});
