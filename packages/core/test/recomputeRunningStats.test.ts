import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BatchNorm, type BatchNormOptions, recomputeRunningStats, registerBackend } from '../src/index.js';
import { channelInputs } from './support/cases.js';
import { momentsByLoop } from './support/formulas.js';
import { genericBackend } from './support/genericBackend.js';
import { expectClose, sample } from './support/tensors.js';

beforeAll(() => registerBackend(genericBackend));

const statisticsOf = (layer: BatchNorm) => [
  ...layer.runningMean!.dataSync(),
  ...layer.runningVariance!.dataSync(),
];

const batchesTracked = (layer: BatchNorm) => layer.stateDict().num_batches_tracked!.dataSync()[0];

/** A layer whose running statistics have moved. */
function trained(options: Partial<BatchNormOptions> = {}): BatchNorm {
  const layer = new BatchNorm({ numFeatures: 4, ...options });
  const shape = layer.options.dataFormat === 'channelsFirst' ? [5, 4, 2] : [5, 2, 4];
  for (let i = 0; i < 3; i++) layer.apply(sample(shape, 20 + i), { training: true });
  return layer;
}

/** Batches of different sizes and places. */
const batchesOf = (shape: readonly number[]) =>
  [3, 1, 6].map((size, i) => tf.add(sample([size, ...shape.slice(1)], i + 1), 10 * i));

describe.each(channelInputs)('of x of $shape, $dataFormat', ({ shape, dataFormat }) => {
  const batches = batchesOf(shape).filter((x) => x.size > 4);
  const whole = tf.concat(batches);
  const axis = dataFormat === 'channelsFirst' ? 1 : shape.length - 1;
  const moments = [
    ...momentsByLoop(whole.dataSync(), {
      shape: whole.shape,
      statistic: (indices) => `${indices[axis]}`,
      channel: () => 0,
      centered: true,
    }).values(),
  ];
  const count = whole.size / 4;

  test.each([
    ['biased', 1],
    ['unbiased', count / (count - 1)],
  ] as const)('the mean and the %s variance are those of all batches as one', async (estimate, factor) => {
    const layer = trained({ dataFormat, varianceEstimate: estimate });
    await recomputeRunningStats([layer], batches);
    expectClose(
      layer.runningMean!,
      moments.map(({ mean }) => mean),
      1e-6,
    );
    expectClose(
      layer.runningVariance!,
      moments.map(({ variance }) => variance * factor),
      2e-6,
    );
  });
});

describe('a model of two layers', () => {
  const first = () => trained({ varianceEstimate: 'biased' });
  const model = (layers: readonly BatchNorm[]) => (x: tf.Tensor) => {
    const hidden = tf.relu(layers[0]!.apply(x, { training: true }));
    return layers[1]!.apply(tf.mul(hidden, 2), { training: true });
  };
  const batches = [sample([5, 4], 1), sample([5, 4], 2)];

  test('gives a deeper layer the activations that it sees in training', async () => {
    const layers = [first(), first()];
    await recomputeRunningStats(layers, batches, model(layers));
    const activations = batches.map((x) => tf.relu(first().apply(x, { training: true })));
    expectClose(layers[1]!.runningMean!, tf.mean(tf.mul(tf.concat(activations), 2), 0));
  });

  test('can be run by the batches themselves', async () => {
    const [layers, others] = [
      [first(), first()],
      [first(), first()],
    ];
    await recomputeRunningStats(
      layers,
      batches.map((x) => () => model(layers)(x)),
    );
    await recomputeRunningStats(others, batches, model(others));
    expect(layers.map(statisticsOf)).toEqual(others.map(statisticsOf));
  });

  test('can be recomputed in part', async () => {
    const layers = [first(), first()];
    await recomputeRunningStats([layers[1]!], batches, model(layers));
    expect([batchesTracked(layers[0]!), batchesTracked(layers[1]!)]).toEqual([5, 2]);
  });
});

describe('batches', () => {
  const list = batchesOf([0, 4, 2]);
  const expected = async () => {
    const layer = trained();
    await recomputeRunningStats([layer], list);
    return statisticsOf(layer);
  };

  test('may come from a generator', async () => {
    const layer = trained();
    await recomputeRunningStats(
      [layer],
      (function* () {
        yield* list;
      })(),
    );
    expect(statisticsOf(layer)).toEqual(await expected());
  });

  test('may come from an async generator that frees each one after it was used', async () => {
    const layer = trained();
    const before = tf.memory().numTensors;
    async function* loaded() {
      for (const x of list) {
        await Promise.resolve();
        const copy = tf.clone(x);
        yield copy;
        copy.dispose();
      }
    }
    await recomputeRunningStats([layer], loaded());
    expect(tf.memory().numTensors).toBe(before);
    expect(statisticsOf(layer)).toEqual(await expected());
  });

  test('may be anything that forward takes', async () => {
    const layer = trained();
    await recomputeRunningStats([layer], [0, 1, 2], (i) => layer.apply(list[i]!, { training: true }));
    expect(statisticsOf(layer)).toEqual(await expected());
  });

  test('may use a layer more than once', async () => {
    const layer = trained();
    await recomputeRunningStats([layer], [list], (all) => {
      for (const x of all) layer.apply(x, { training: true });
    });
    expect(statisticsOf(layer)).toEqual(await expected());
  });

  test('may be masked', async () => {
    const layer = trained();
    const parts = list.slice(0, 2).map((x) => tf.concat([x, tf.fill([2, 4, 2], 77)]));
    await recomputeRunningStats([layer], parts, (x) => {
      const kept = x.shape[0]! - 2;
      const mask = tf.concat([tf.ones([kept]), tf.zeros([2])]);
      return layer.apply(x, { training: true, mask });
    });
    const other = trained();
    await recomputeRunningStats([other], list.slice(0, 2));
    expectClose(tf.tensor1d(statisticsOf(layer)), statisticsOf(other));
  });
});

describe('recomputeRunningStats', () => {
  const batches = [sample([5, 4], 1), sample([3, 4], 2)];

  test('counts the batches anew', async () => {
    const layer = trained();
    await recomputeRunningStats([layer], batches);
    expect(batchesTracked(layer)).toBe(2);
  });

  test('leaves gamma and beta alone', async () => {
    const layer = trained();
    layer.gamma!.assign(tf.tensor1d([1, 2, 3, 4]));
    await recomputeRunningStats([layer], batches);
    expect(Array.from(layer.gamma!.dataSync())).toEqual([1, 2, 3, 4]);
  });

  test('keeps the variables', async () => {
    const layer = trained();
    const before = [...layer.weights];
    await recomputeRunningStats([layer], batches);
    expect(layer.weights.every((weight, i) => weight === before[i] && !weight.isDisposed)).toBe(true);
  });

  test('leaves training as it was', async () => {
    const layer = trained({ momentum: 0, varianceEstimate: 'biased' });
    await recomputeRunningStats([layer], batches);
    layer.apply(batches[0]!, { training: true });
    expectClose(layer.runningMean!, tf.mean(batches[0]!, 0));
    expect(batchesTracked(layer)).toBe(3);
  });

  test('is not swayed by values far from 0', async () => {
    const layer = trained({ varianceEstimate: 'biased' });
    const far = batches.map((x) => tf.add(x, 1e4));
    await recomputeRunningStats([layer], far);
    const { variance } = tf.moments(tf.sub(tf.concat(far), 1e4), 0);
    expectClose(layer.runningVariance!, variance, 1e-3);
  });

  test('leaves no tensors, though the model makes some', async () => {
    const layer = trained();
    const before = tf.memory().numTensors;
    await recomputeRunningStats([layer], batches, (x) => {
      tf.square(x);
      return tf.square(layer.apply(x, { training: true }));
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('leaves no data of a masked batch', async () => {
    const layer = trained();
    const mask = tf.ones([5]);
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    await recomputeRunningStats([layer], [batches[0]!], (x) => layer.apply(x, { training: true, mask }));
    expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
  });
});

describe('a failure midway', () => {
  async function failed() {
    const layers = [trained(), trained()] as const;
    const before = layers.map(statisticsOf);
    const batches = [sample([5, 4]), sample([3, 4])];
    const tensors = tf.memory().numTensors;
    const forward = (x: tf.Tensor) => {
      layers[0].apply(x, { training: true });
      if (x.shape[0] === 3) throw new Error('no third sample');
      layers[1].apply(x, { training: true });
    };
    const promise = recomputeRunningStats(layers, batches, forward);
    const message = await promise.catch((error: Error) => error.message);
    return { layers, before, message, added: tf.memory().numTensors - tensors };
  }

  test('is passed on', async () => {
    expect((await failed()).message).toBe('no third sample');
  });

  test('leaves the running statistics as they were', async () => {
    const { layers, before } = await failed();
    expect(layers.map(statisticsOf)).toEqual(before);
  });

  test('leaves no tensors', async () => {
    expect((await failed()).added).toBe(0);
  });

  test('leaves layers that train on and can be recomputed', async () => {
    const { layers } = await failed();
    layers[0].apply(sample([5, 4]), { training: true });
    expect(batchesTracked(layers[0])).toBe(4);
    await recomputeRunningStats([layers[0]], [sample([5, 4])]);
    expect(batchesTracked(layers[0])).toBe(1);
  });
});
