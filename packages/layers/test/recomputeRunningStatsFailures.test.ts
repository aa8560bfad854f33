/** When moving statistics cannot be made anew: what is refused, and that a model stays as it was. */
import { DisposedError, OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { freezeBatchNorms, recomputeRunningStats } from '../src/index.js';
import { chain, ours, type Symbolic, theirs } from './support/folding.js';
import { all, batches, expectStatistics, random, valuesOf } from './support/recomputed.js';
import { testsInScope } from './support/scope.js';
import { dense, input, steps } from './support/wholeModels.js';

testsInScope('cpu');

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
