/** The moving statistics of whole models are made anew of a data set. */
import { inProcessGroup } from '@bn/conformance';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  batchNormLayers,
  convertSyncBatchNorm,
  freezeBatchNorms,
  recomputeRunningStats,
} from '../src/index.js';
import { expectClose, normalized } from './support/compare.js';
import { chain, makers, ours, type Symbolic, theirs } from './support/folding.js';
import { all, batches, expectStatistics, movingOf, random, valuesOf } from './support/recomputed.js';
import { testsInScope } from './support/scope.js';
import { statisticsOf } from './support/statistics.js';
import { dense, input, models, steps } from './support/wholeModels.js';

testsInScope('cpu');

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
