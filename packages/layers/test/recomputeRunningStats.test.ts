/** The moving statistics of whole models are made anew of a data set. */
import { inProcessGroup } from '@bn/conformance';
import { DisposedError, OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  batchNormLayers,
  convertSyncBatchNorm,
  freezeBatchNorms,
  recomputeRunningStats,
} from '../src/index.js';
import { expectClose, normalized, sample } from './support/compare.js';
import { chain, makers, ours, randomize, type Symbolic, theirs } from './support/folding.js';
import { testsInScope } from './support/scope.js';
import { statisticsOf } from './support/statistics.js';
import { dense, input, models, steps } from './support/wholeModels.js';

type Layer = tf.layers.Layer;

testsInScope('cpu');

/** Batches of different sizes and offsets. */
const batches = () => [5, 2, 3].map((size, i) => tf.add(sample([size, steps, 3], i + 1), i));
const all = () => tf.concat(batches());
const valuesOf = (layer: Layer) => layer.weights.map((weight) => [...weight.read().dataSync()]);
const movingOf = (layer: Layer) => valuesOf(layer).slice(-2);
const expectStatistics = (layer: Layer, x: tf.Tensor, tolerance = 2e-5) => {
  const { mean, variance } = statisticsOf(x);
  expectClose(movingOf(layer)[0]!, mean, tolerance);
  expectClose(movingOf(layer)[1]!, variance, tolerance);
};
const random = <M extends tf.LayersModel>(model: M): M => {
  randomize(model);
  return model;
};

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  describe.each(Object.entries(makers))('a batch norm %s', (_, norm) => {
    it.each(Object.entries(models))('has the statistics of all data in %s', async (__, make) => {
      await useBackend(backend);
      const model = random(make(norm));
      const [layer] = batchNormLayers(model);
      const before = model.weights.map((weight) => [...weight.read().dataSync()]);
      await recomputeRunningStats(model, batches());
      const [first] = [(model.layers[0] as tf.LayersModel).layers ?? [], model.layers]
        .flat()
        .filter((each) => each.getClassName() === 'Dense');
      const y = (x: tf.Tensor) => first!.apply(x) as tf.Tensor;
      if (layer!.inboundNodes.length < 2) expectStatistics(layer!, y(all()));
      model.weights.forEach((weight, i) => {
        if (/moving_/.test(weight.originalName)) expect([...weight.read().dataSync()]).not.toEqual(before[i]);
        else expect([...weight.read().dataSync()]).toEqual(before[i]);
      });
    });

    const deep = () =>
      random(chain(dense(input), norm({ name: 'a' }), tf.layers.reLU(), dense(), norm({ name: 'b' })));
    const relu = (model: tf.LayersModel, y: tf.Tensor) => model.layers[3]!.apply(tf.relu(y)) as tf.Tensor;

    it('behind another one sees what it sees in training', async () => {
      await useBackend(backend);
      const model = deep();
      await recomputeRunningStats(model, batches());
      const [gamma, beta] = model.layers[1]!.weights.map((weight) => weight.read());
      const seen = batches().map((x) => {
        const y = model.layers[0]!.apply(x) as tf.Tensor;
        return relu(model, tf.add(tf.mul(normalized(y, [0, 1], 1e-3), gamma!), beta!));
      });
      expectStatistics(model.layers[4]!, tf.concat(seen), 1e-4);
    });

    it('behind another one sees what predict sees, layer by layer, however the data is cut', async () => {
      await useBackend(backend);
      const model = deep();
      await recomputeRunningStats(model, batches(), { layerByLayer: true });
      const before = tf.model({ inputs: model.inputs, outputs: model.layers[3]!.output as Symbolic });
      expectStatistics(model.layers[4]!, before.predict(all()) as tf.Tensor, 1e-4);
      const whole = movingOf(model.layers[4]!);
      await recomputeRunningStats(model, all(), { layerByLayer: true });
      movingOf(model.layers[4]!).forEach((values, i) => {
        expectClose(values, whole[i]!, 1e-5);
      });
    });
  });
});

describe('the data', () => {
  const model = () => random(chain(ours(input)));
  const check = async (data: unknown) => {
    const each = model();
    await recomputeRunningStats(each, data as tf.Tensor);
    expectStatistics(each.layers[0]!, all());
  };

  it('may be a tensor, arrays, a generator, or a dataset, with labels or without', async () => {
    await check(all());
    await check(all().arraySync());
    await check(batches().map((xs) => ({ xs: xs.arraySync() })));
    await check(batches().map((x) => [x, tf.ones([1])]));
    await check(batches().map((xs) => ({ xs, ys: tf.ones([1]) })));
    await check(
      (async function* () {
        yield* batches();
      })(),
    );
    await check(
      tf.data.generator(function* () {
        yield* batches();
      } as never),
    );
    await check(
      tf.data.generator(function* () {
        for (const xs of batches()) yield { xs, ys: tf.ones([1]) };
      } as never),
    );
  });

  it('may not be rows of different lengths', async () => {
    const model = random(chain(ours({ inputShape: [2] })));
    const uneven = recomputeRunningStats(model, [[1, 2], [3]]);
    await expect(uneven).rejects.toThrow('an array must have rows of one length and hold numbers only');
  });

  it('of a model with several inputs is a list or has their names', async () => {
    const make = () => {
      const [a, b] = ['a', 'b'].map((name) => tf.input({ shape: [3], name }));
      const sum = tf.layers.concatenate();
      return random(tf.model({ inputs: [a!, b!], outputs: ours().apply(sum.apply([a!, b!])) as Symbolic }));
    };
    const [a, b] = [sample([4, 3]), sample([4, 3], 2)];
    const expected = tf.concat([a, b], 1);
    for (const batch of [
      [a, b],
      { b, a },
      { xs: [a, b] },
      { xs: { b, a } },
      [[a, b], 1],
      [{ a, b }, tf.ones([1])],
    ]) {
      const each = make();
      await recomputeRunningStats(each, [batch as tf.Tensor[]]);
      expectStatistics(batchNormLayers(each)[0]!, expected);
    }
    await expect(recomputeRunningStats(make(), [a])).rejects.toThrow(
      /^recomputeRunningStats: a batch must be a list of 2 tensors for the inputs a, b, .* got one tensor$/,
    );
    await expect(recomputeRunningStats(make(), [[a, sample([5, 3])]])).rejects.toThrow(
      /^recomputeRunningStats: a batch must have the shape \[4, 3\] for the input b, got \[5, 3\]$/,
    );
  });

  it('may be made with the model itself', async () => {
    const each = model();
    await recomputeRunningStats(
      each,
      (function* () {
        for (const x of batches()) {
          each.predict(tf.add(x, 100));
          yield x;
        }
      })(),
    );
    expectStatistics(each.layers[0]!, all());
  });

  it('may have a large offset', async () => {
    const each = model();
    await recomputeRunningStats(
      each,
      batches().map((x) => tf.add(x, 1e4)),
    );
    expectClose(movingOf(each.layers[0]!)[1]!, statisticsOf(all()).variance, 1e-3);
  });
});

describe('what is recomputed', () => {
  it('is without dropout', async () => {
    const model = random(chain(tf.layers.dropout({ rate: 0.5, ...input }), ours()));
    await recomputeRunningStats(model, batches());
    expectStatistics(model.layers[1]!, all());
  });

  it('is what a mask leaves', async () => {
    const model = random(chain(tf.layers.masking({ maskValue: 7, ...input }), ours()));
    const padded = batches().map((x) => tf.concat([x, tf.fill(x.shape, 7)], 0));
    await recomputeRunningStats(model, padded);
    expectStatistics(model.layers[1]!, all());
  });

  it('is unbiased with fused', async () => {
    const layer = ours({ ...input, fused: true });
    await recomputeRunningStats(random(chain(layer)), batches());
    const count = all().size / 3;
    expectClose(
      movingOf(layer)[1]!,
      statisticsOf(all()).variance.map((value) => (value * count) / (count - 1)),
    );
  });

  it('is of another axis too', async () => {
    for (const norm of [ours, theirs]) {
      const layer = norm({ ...input, axis: 1 });
      await recomputeRunningStats(random(chain(layer)), batches());
      const { mean, variance } = statisticsOf(all(), undefined, 1);
      expectClose(movingOf(layer)[0]!, mean);
      expectClose(movingOf(layer)[1]!, variance);
    }
  });

  it('is of all members of a group', async () => {
    for (const norm of [ours, theirs]) {
      const members = await inProcessGroup(2, async (reducer) => {
        const layer = convertSyncBatchNorm(norm(input), reducer);
        await recomputeRunningStats(chain(layer), [batches()[reducer.rank]!]);
        return movingOf(layer);
      });
      const { mean, variance } = statisticsOf(tf.concat(batches().slice(0, 2)));
      for (const [means, variances] of members) {
        expectClose(means!, mean);
        expectClose(variances!, variance);
      }
    }
  });

  it('is not what is frozen, by itself or in the graph', async () => {
    for (const norm of [ours, theirs]) {
      const [frozen, called, other] = [norm(input), norm(input), norm()];
      const start = tf.input({ shape: [steps, 3] });
      const y = called.apply(freezeBatchNorms(frozen).apply(start), { training: false });
      const model = random(tf.model({ inputs: start, outputs: other.apply(y) as Symbolic }));
      const before = [frozen, called].map(valuesOf);
      const prefix = tf.model({ inputs: start, outputs: y as Symbolic });
      await recomputeRunningStats(model, batches());
      expect([frozen, called].map(valuesOf)).toEqual(before);
      expectStatistics(other, prefix.predict(all()) as tf.Tensor, 1e-4);
    }
  });

  it('stays so while others are recomputed, if the graph calls it with training: true', async () => {
    for (const norm of [ours, theirs]) {
      const [first, frozen, second] = [norm(input), norm({ trainable: false }), norm()];
      const start = tf.input({ shape: [steps, 3] });
      const training = { training: true };
      const y = frozen.apply(first.apply(start, training), training);
      const model = random(tf.model({ inputs: start, outputs: second.apply(y) as Symbolic }));
      const before = valuesOf(frozen);
      await recomputeRunningStats(model, batches(), { layerByLayer: true });
      expectStatistics(first, all());
      expect(valuesOf(frozen)).toEqual(before);
    }
  });

  it('is trained on as before', async () => {
    for (const norm of [ours, theirs]) {
      const [model, layer] = [random(chain(norm({ ...input, momentum: 0 }))), all()];
      await recomputeRunningStats(model, batches());
      const x = batches()[1]!;
      tf.tidy(() => void model.apply(x, { training: true }));
      expectStatistics(model.layers[0]!, x);
      expect(layer.isDisposed).toBe(false);
    }
  });
});

describe('a model is as it was, and no tensor is left,', () => {
  const good = () => batches()[0]!;
  const failures: Record<string, [() => unknown[], RegExp]> = {
    'if a batch has NaN': [
      () => [good(), tf.fill([2, steps, 3], Number.NaN)],
      /layer 'a' got a mean of NaN in channel 0, so that nothing was changed/,
    ],
    'if a batch has the wrong shape': [() => [good(), tf.ones([2, 5])], /shape/],
    'if the data fails': [() => [good(), 0], /no more/],
    'if there is no data': [() => [], /data has no batches, so that nothing was changed/],
    'if a batch is none': [() => [good(), 'x'], /a batch must be a tensor for the inputs .* got string/],
  };
  const options = { 'in one pass': {}, 'layer by layer': { layerByLayer: true } };
  describe.each(Object.entries(options))('%s,', (_, option) => {
    it.each(Object.entries(failures))('%s', async (__, [make, message]) => {
      for (const norm of [ours, theirs]) {
        const model = random(chain(norm({ ...input, name: 'a' }), norm()));
        const before = valuesOf(model);
        const data = make();
        const { numTensors } = tf.memory();
        const iterable = data.length === 0 ? [] : failing(data);
        await expect(recomputeRunningStats(model, iterable as never, option)).rejects.toThrow(message);
        expect(valuesOf(model)).toEqual(before);
        expect(tf.memory().numTensors).toBe(numTensors);
        tf.tidy(() => void model.apply(good(), { training: true }));
        expect(valuesOf(model)).not.toEqual(before);
      }
    });
  });
  /** Batches, and an error in the place of the number 0. */
  const failing = (data: unknown[]) => ({
    *[Symbol.iterator]() {
      for (const batch of data) {
        if (batch === 0) throw new Error('no more');
        yield batch;
      }
    },
  });

  it('if a later layer fails layer by layer', async () => {
    const model = random(chain(ours({ ...input }), dense({ name: 'bad' }), ours({ name: 'late' })));
    const bad = model.layers[1]!.weights[0]!.read() as tf.Variable;
    bad.assign(tf.fill(bad.shape, Number.POSITIVE_INFINITY));
    const before = valuesOf(model);
    await expect(recomputeRunningStats(model, batches(), { layerByLayer: true })).rejects.toThrow(
      /layer 'late' got/,
    );
    expect(valuesOf(model)).toEqual(before);
  });

  it('if it succeeds, but for its statistics', async () => {
    const [model, data] = [chain(ours(input), theirs()), batches()];
    const { numTensors } = tf.memory();
    for (const option of Object.values(options)) await recomputeRunningStats(model, data, option);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe('recomputeRunningStats refuses', () => {
  const refused = async (model: tf.LayersModel, data: unknown, message: RegExp, option = {}) => {
    const error = await recomputeRunningStats(model, data as tf.Tensor, option).catch((reason) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  };

  it('what is no model, and one without batch norm to recompute', async () => {
    await refused(
      ours(input) as unknown as tf.LayersModel,
      all(),
      /^recomputeRunningStats: model must be a LayersModel/,
    );
    await refused(
      chain(dense(input)),
      all(),
      /has no batch norm layers, so that there is nothing to recompute/,
    );
    await refused(freezeBatchNorms(chain(ours(input))), all(), /has only batch norm layers that are frozen/);
    const start = tf.input({ shape: [steps, 3] });
    const y = ours().apply(start, { training: false }) as Symbolic;
    await refused(
      tf.model({ inputs: start, outputs: y }),
      all(),
      /calls its batch norm layers with training: false only, so that there is nothing to recompute/,
    );
    const disposed = chain(ours(input));
    disposed.dispose();
    await expect(recomputeRunningStats(disposed, all())).rejects.toThrow(DisposedError);
  });

  it('options and data that it does not know', async () => {
    await refused(chain(ours(input)), all(), /layerwise/, { layerwise: true });
    await refused(chain(ours(input)), all(), /layerByLayer/, { layerByLayer: 1 });
    await refused(chain(ours(input)), null, /got object/, { layerByLayer: true });
    await refused(chain(ours(input)), 5, /^recomputeRunningStats takes a tensor.* got number/);
  });

  it('a generator that it would have to read several times', async () => {
    function* generator() {
      yield* batches();
    }
    await refused(chain(ours(input)), generator(), /layerByLayer reads the data once for each layer/, {
      layerByLayer: true,
    });
  });

  it('a layer that is being recomputed already, until that has ended', async () => {
    for (const option of [{}, { layerByLayer: true }]) {
      const model = chain(ours({ ...input, name: 'bn' }));
      const first = recomputeRunningStats(model, batches(), option);
      await refused(model, all(), /layer 'bn' is being recomputed already/, option);
      await first;
      expectStatistics(model.layers[0]!, all());
      await recomputeRunningStats(model, all(), option);
    }
  });

  it('a channel that a mask leaves nothing of', async () => {
    const model = random(chain(tf.layers.masking({ maskValue: 7, ...input }), ours({ name: 'bn' })));
    await refused(
      model,
      tf.fill([2, steps, 3], 7),
      /layer 'bn' saw no values in channel 0, so that nothing was changed/,
    );
  });

  it('a batch norm that it does not know', async () => {
    class MyBatchNorm extends tf.layers.Layer {
      static readonly className = 'MyBatchNorm';
    }
    await refused(
      chain(ours(input), new MyBatchNorm({ name: 'strange' })),
      all(),
      /layer 'strange' is a MyBatchNorm/,
    );
  });
});
