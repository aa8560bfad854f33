import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-web';
import { beforeAll, expect, test } from 'vitest';
import { BatchGatherer, inOrder, type LabelledImages } from '../src/dataset/images.js';
import { defaultPlaces, loadDataset } from '../src/dataset/resolve.js';
import { createLeNet } from '../src/model/initialization.js';
import type { LeNet } from '../src/model/lenet.js';
import { type Norm, normNames, type Placement, placements } from '../src/model/norms.js';
import { encodeLeNet } from '../src/model/onnx.js';
import { randomStreams } from '../src/random.js';
import { startBackend } from '../src/run/backend.js';
import { startOfEpoch } from '../src/training/position.js';
import { standardSettings } from '../src/training/settings.js';
import { train } from '../src/training/train.js';
import { first } from './support.js';

let images: LabelledImages;

beforeAll(async () => {
  await startBackend('wasm');
  images = (await loadDataset('mini', { places: defaultPlaces() })).test;
});

/** A model whose weights and running statistics have left their beginnings. */
async function trained(norm: Norm, placement: Placement): Promise<LeNet> {
  const { initialization, shuffling } = randomStreams(2);
  const model = createLeNet({ norm, placement }, initialization);
  const dataset = { train: images, test: first(images, 10) };
  await train(model, dataset, {
    ...standardSettings,
    epochs: 2,
    batchSize: 50,
    learningRate: 0.3,
    from: startOfEpoch(1, shuffling),
  });
  return model;
}

/** The logits of all images, from the model and from onnxruntime. */
async function logitsOf(model: LeNet) {
  const batch = new BatchGatherer(images, images.count).gather(inOrder(images), 0);
  const own = tf.tidy(() => Float32Array.from(model.forward(batch.images, { training: false }).dataSync()));
  const pixels = Float32Array.from(batch.images.dataSync());
  tf.dispose([batch.images, batch.labels]);
  const session = await ort.InferenceSession.create(await encodeLeNet(model));
  const { logits } = await session.run({
    images: new ort.Tensor('float32', pixels, [images.count, 1, 28, 28]),
  });
  await session.release();
  return { own, theirs: logits!.data as Float32Array };
}

const labelsOf = (logits: ArrayLike<number>): number[] =>
  Array.from({ length: images.count }, (_, row) => {
    const scores = Array.from({ length: 10 }, (_, label) => logits[10 * row + label]!);
    return scores.indexOf(Math.max(...scores));
  });

const networks = normNames.flatMap((norm) => placements.map((placement) => ({ norm, placement })));

test.each(networks)(
  'onnxruntime has the logits and predictions of LeNet with norm $norm $placement the activation',
  async ({ norm, placement }) => {
    const model = await trained(norm, placement);
    const { own, theirs } = await logitsOf(model);
    model.dispose();
    const error = own.reduce((most, value, index) => Math.max(most, Math.abs(value - theirs[index]!)), 0);
    expect(error).toBeLessThan(1e-4);
    expect(labelsOf(theirs)).toEqual(labelsOf(own));
  },
);
