import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { BatchGatherer, type Dataset, inOrder, pixelsPerImage } from '../src/dataset/images.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { exportState, importState } from '../src/model/arrays.js';
import { createLeNet } from '../src/model/initialization.js';
import type { LeNet } from '../src/model/lenet.js';
import { crossEntropy } from '../src/model/loss.js';
import type { Norm } from '../src/model/norms.js';
import type { NamedArrays } from '../src/model/stateArrays.js';
import { randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { evaluate } from '../src/training/evaluate.js';
import { startOfEpoch } from '../src/training/position.js';
import { standardSettings } from '../src/training/settings.js';
import type { EpochMetrics, TrainingPosition } from '../src/training/state.js';
import { moveWeights, takeStep } from '../src/training/step.js';
import { type Progress, train } from '../src/training/train.js';
import { first } from './support.js';

let dataset: Dataset;

beforeAll(async () => {
  await startBackend('wasm');
  dataset = await loadDataset('mini', { places: defaultPlaces() });
});

/** Trains a new model on the first images of the subset. */
async function run(norm: Norm, seed: number, trainCount: number, epochs: number) {
  const { initialization, shuffling } = randomStreams(seed);
  const model = createLeNet({ norm }, initialization);
  const part = { train: first(dataset.train, trainCount), test: first(dataset.test, 300) };
  const steps: Progress[] = [];
  const history = await train(
    model,
    part,
    { ...standardSettings, epochs, from: startOfEpoch(1, shuffling) },
    { onStep: (progress) => void steps.push(progress) },
  );
  const outcomes = history.map(withoutTime);
  const state = await exportState(model);
  model.dispose();
  return { history, outcomes, steps, state };
}

const withoutTime = ({ seconds: _, examplesPerSecond: __, ...outcome }: EpochMetrics) => outcome;

describe('a step', () => {
  test('computes the loss by one kernel, its gradient by another, and records nothing of the correct ones', async () => {
    const model = createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
    const optimizer = tf.train.sgd(0.1);
    const batch = new BatchGatherer(dataset.train, 4).gather(inOrder(dataset.train), 0);
    const record = vi.spyOn(
      tf.engine() as unknown as { addTapeNode(kernelName: string): void },
      'addTapeNode',
    );
    const { kernels } = await tf.profile(() =>
      tf.dispose(Object.values(moveWeights(model, optimizer, batch))),
    );
    const names = kernels.map(({ name }) => name);
    expect(names.filter((name) => /^(Softmax|LogSoftmax|OneHot|Exp|Log)/.test(name))).toEqual([
      'SoftmaxCrossEntropy',
      'SoftmaxCrossEntropyGrad',
    ]);
    expect(names).toContain('ArgMax');
    expect(record.mock.calls.map(([name]) => name)).not.toContain('ArgMax');
    record.mockRestore();
    tf.dispose([batch.images, batch.labels]);
    optimizer.dispose();
    model.dispose();
  });

  test.each([false, true])('leaves no tensors behind after an error, measured: %s', (measure) => {
    const model = createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
    const optimizer = tf.train.sgd(0.1);
    const images = new BatchGatherer(dataset.train, 4).gather(inOrder(dataset.train), 0);
    const batch = { ...images, labels: tf.tensor1d([0, 1], 'int32') };
    const { numTensors } = tf.memory();
    expect(() => moveWeights(model, optimizer, batch, { measure })).toThrow('labels [rows]');
    expect(tf.memory().numTensors).toBe(numTensors);
    tf.dispose([batch.images, images.labels, batch.labels]);
    optimizer.dispose();
    model.dispose();
  });
});

describe('crossEntropy', () => {
  test('is the same with a kernel of its own and without', async () => {
    const labels = [3, 0, 9, 3];
    const values = Array.from({ length: 40 }, (_, i) => 4 * Math.sin(i));
    const lossAndGradient = () =>
      tf.tidy(() => {
        const targets = tf.tensor1d(labels, 'int32');
        const { value, grad } = tf.valueAndGrad((x) => crossEntropy(x as tf.Tensor2D, targets, 7))(
          tf.tensor2d(values, [4, 10]),
        );
        return [...value.dataSync(), ...grad.dataSync()];
      });
    const fused = lossAndGradient();
    await tf.setBackend('cpu');
    const composed = lossAndGradient();
    await tf.setBackend('wasm');
    fused.forEach((value, i) => {
      expect(value).toBeCloseTo(composed[i]!, 6);
    });
  });
});

describe('training', () => {
  test('lowers the loss, and with batch norm far faster than with none', async () => {
    const batch = await run('batch', 0, 6000, 3);
    const none = await run('none', 0, 6000, 3);
    expect(batch.outcomes[2]!.trainLoss).toBeLessThan(batch.outcomes[0]!.trainLoss - 0.3);
    expect(batch.outcomes[2]!.trainAccuracy).toBeGreaterThan(0.6);
    expect(none.outcomes[2]!.trainAccuracy).toBeLessThan(0.4);
  });

  test('gives the same metrics and weights, bit by bit, for the same seed', async () => {
    const [once, again, other] = [
      await run('batch', 5, 1100, 2),
      await run('batch', 5, 1100, 2),
      await run('batch', 6, 1100, 2),
    ];
    expect(again.outcomes).toEqual(once.outcomes);
    expect(again.state).toEqual(once.state);
    expect(other.outcomes).not.toEqual(once.outcomes);
  });

  test('takes every image once an epoch, in a last batch that may be smaller', async () => {
    const { steps, history, state } = await run('batch', 0, 600, 2);
    expect(steps.map(({ epoch, seen, total }) => [epoch, seen, total])).toEqual([
      [1, 256, 600],
      [1, 512, 600],
      [1, 600, 600],
      [2, 256, 600],
      [2, 512, 600],
      [2, 600, 600],
    ]);
    expect(steps[2]).toMatchObject({
      trainLoss: history[0]!.trainLoss,
      trainAccuracy: history[0]!.trainAccuracy,
    });
    expect(state['norm1.num_batches_tracked']!.data).toEqual(BigInt64Array.of(6n));
  });

  test('leaves no tensors behind from step to step', async () => {
    const model = createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
    const gatherer = new BatchGatherer(dataset.train, 64);
    const order = inOrder(dataset.train);
    const optimizer = tf.train.sgd(0.9);
    const counts = [];
    for (let step = 0; step < 4; step++) {
      const batch = gatherer.gather(order, step * 64);
      await takeStep(model, optimizer, batch);
      tf.dispose([batch.images, batch.labels]);
      counts.push(tf.memory().numTensors);
    }
    model.dispose();
    optimizer.dispose();
    expect(new Set(counts).size).toBe(1);
  });

  test('leaves no tensors behind when it is done', async () => {
    await run('batch', 0, 300, 1);
    const before = tf.memory().numTensors;
    await run('batch', 0, 300, 1);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('goes on from any step to the metrics and weights, bit by bit, of a run that never stopped', async () => {
    const part = { train: first(dataset.train, 600), test: first(dataset.test, 300) };
    const options = { ...standardSettings, epochs: 3 };
    const { initialization, shuffling } = randomStreams(3);
    const model = createLeNet({ norm: 'batch' }, initialization);
    const stops: { position: TrainingPosition; weights: NamedArrays; epochsDone: number }[] = [];
    const done: EpochMetrics[] = [];
    const save = async (position: TrainingPosition) => {
      stops.push({ position, weights: await exportState(model), epochsDone: done.length });
    };
    await train(
      model,
      part,
      { ...options, from: startOfEpoch(1, shuffling) },
      {
        onStep: (_progress, position) => save(position),
        onEpoch: (metrics, position) => {
          done.push(metrics);
          return save(position);
        },
      },
    );
    const weights = await exportState(model);
    for (const stop of stops) {
      const resumed = createLeNet({ norm: 'batch' }, randomStreams(99).initialization);
      importState(resumed, stop.weights);
      const from = JSON.parse(JSON.stringify(stop.position)) as TrainingPosition;
      const rest = await train(resumed, part, { ...options, from });
      expect(rest.map(withoutTime)).toEqual(done.slice(stop.epochsDone).map(withoutTime));
      expect(await exportState(resumed)).toEqual(weights);
      resumed.dispose();
    }
    model.dispose();
  });

  test('ends between two steps with the reason of its signal', async () => {
    const { initialization, shuffling } = randomStreams(0);
    const model = createLeNet({ norm: 'batch' }, initialization);
    const controller = new AbortController();
    let steps = 0;
    const training = train(
      model,
      dataset,
      {
        ...standardSettings,
        epochs: 1,
        batchSize: 64,
        from: startOfEpoch(1, shuffling),
        signal: controller.signal,
      },
      {
        onStep: () => {
          steps++;
          if (steps === 3) controller.abort(new Error('that will do'));
        },
      },
    );
    await expect(training).rejects.toThrow('that will do');
    expect(steps).toBe(3);
  });
});

test('evaluation does not depend on the batch size', async () => {
  const model = createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
  const images = first(dataset.test, 100);
  const [one, other] = [await evaluate(model, images, 100), await evaluate(model, images, 33)];
  expect(one.accuracy).toBe(other.accuracy);
  expect(one.loss).toBeCloseTo(other.loss, 5);
});

test('evaluation takes more images than a call can have parameters', async () => {
  const count = 150_000;
  const images = {
    count,
    pixels: new Uint8Array(count * pixelsPerImage),
    labels: new Uint8Array(count),
  };
  const forward = ({ shape: [size] }: tf.Tensor4D) => tf.zeros([size, 10]);
  const { loss, accuracy, predicted } = await evaluate({ forward } as unknown as LeNet, images, 1000);
  expect(loss).toBeCloseTo(Math.log(10), 3);
  expect(accuracy).toBe(1);
  expect(predicted).toHaveLength(count);
});
