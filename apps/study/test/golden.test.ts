/** The measurements agree with PyTorch's in float64 (golden/, written by scripts/make_golden.py). */
import { readFileSync } from 'node:fs';
import { randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import type { Batch } from '../src/data/batches.js';
import { covariateShift } from '../src/measure/covariateShift.js';
import { gradientAt } from '../src/measure/gradient.js';
import { landscape } from '../src/measure/landscape.js';
import { distance, length } from '../src/measure/vectors.js';
import { createNetwork } from '../src/models/create.js';
import { convolution, dense } from '../src/models/layer.js';
import { disposeNetwork, type Network, trainableOf } from '../src/models/network.js';
import { createNorm } from '../src/models/norms.js';

interface Data {
  readonly images: number[];
  readonly labels: number[];
  readonly size: number;
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));

beforeAll(() => startBackend('wasm'));

const batchOf = ({ images, labels, size }: Data): Batch => ({
  images: tf.tensor4d(images, [labels.length, size, size, 1]),
  labels: tf.tensor1d(labels, 'int32'),
});

const setAll = (variables: tf.Variable[], values: readonly number[][]) =>
  tf.tidy(() => {
    for (const [i, variable] of variables.entries()) variable.assign(tf.tensor(values[i]!, variable.shape));
  });

function twoLayers(): Network {
  const { initialization: random } = randomStreams(0);
  const start = { kind: 'he', scale: 1, random } as const;
  const norm = createNorm('batch', [6, 6, 4], random);
  const conv = convolution({ name: 'conv', input: 1, output: 4, size: 3, norm }, start);
  const logits = dense({ name: 'dense', input: 4, output: 10 }, start);
  return {
    layers: [conv, logits],
    forward: (images, mode) =>
      logits.apply(tf.mean(tf.relu(conv.apply(images, mode)), [1, 2]), mode) as tf.Tensor2D,
  };
}

const relative = (got: number, wanted: number) => Math.abs(got - wanted) / Math.abs(wanted);

test("covariate shift and landscape of a two-layer network are PyTorch's, to 1e-4", async () => {
  const golden = read('measures');
  const network = twoLayers();
  setAll(trainableOf(network), Object.values(golden.weights));
  const batch = batchOf(golden);

  const shifts = await covariateShift(network, batch, golden.shift.learningRate);
  expect(shifts.map(({ layer }) => layer)).toEqual(['dense']);
  for (const name of ['difference', 'cosine', 'gradient'] as const) {
    expect(relative(shifts[0]![name], golden.shift[name]), name).toBeLessThan(1e-4);
  }

  const seen = await landscape(network, batch, golden.landscape.steps);
  for (const name of ['loss', 'gradient', 'beta'] as const) {
    expect(relative(seen[name], golden.landscape[name]), name).toBeLessThan(1e-4);
  }
  for (const name of ['losses', 'changes'] as const) {
    seen[name].forEach((value, i) => {
      expect(relative(value, golden.landscape[name][i]), `${name} ${i}`).toBeLessThan(1e-4);
    });
  }
  disposeNetwork(network);
});

test.each(['batch', 'none'] as const)(
  "gradients of ResNet-20 at PyTorch's weights, norm %s, are its own to 1e-3",
  async (norm) => {
    const golden = read('resnet');
    const { loss, weights, gradients } = golden.cases[norm];
    const { depth, width, size } = golden;
    const image = { height: size, width: size, channels: 1 };
    const setup = {
      model: { name: 'resnet', depth, width },
      norm,
      random: randomStreams(0).initialization,
    } as const;
    const network = createNetwork(setup, image);
    const variables = trainableOf(network);
    expect(variables.map(({ size }) => size)).toEqual(weights.map((values: number[]) => values.length));
    setAll(variables, weights);
    const got = await gradientAt(network, batchOf(golden));
    expect(relative(got.loss, loss)).toBeLessThan(1e-4);
    got.gradients.forEach((gradient, i) => {
      const error = distance([gradient], [gradients[i]]) / length([gradients[i]]);
      expect(error, `variable ${i} of shape ${variables[i]!.shape}`).toBeLessThan(1e-3);
    });
    disposeNetwork(network);
  },
);
