/** What is compared computes the same: every implementation beside ours, in both data formats. */
import { readFile } from 'node:fs/promises';
import { defaultDevice, init, numpy as np } from '@jax-js/jax';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import '@bn/cpu-ref';
import { type Case, caseTitle, selectCases } from '../src/grid/cases.js';
import { isOfMemory } from '../src/grid/operations.js';
import { storedShape } from '../src/grid/shapes.js';
import { bn } from '../src/implementations/bn.js';
import { composed } from '../src/implementations/composed.js';
import { jaxVersion, normalize } from '../src/implementations/jax.js';
import { layers } from '../src/implementations/layers.js';
import { moments } from '../src/implementations/moments.js';
import { prepareRead } from '../src/implementations/reading.js';
import {
  channelParameters,
  farWithinPages,
  type Library,
  randomTensor,
} from '../src/implementations/tfjs.js';
import { Unsupported } from '../src/measuring/serve.js';

const cases = selectCases({
  operations: ['batchNorm', 'layerNorm', 'groupNorm', 'instanceNorm', 'rmsNorm'],
  shapes: [
    [3, 64, 2, 5],
    [7, 5],
  ],
  phases: ['forwardBackward', 'inference'],
}).filter(({ operation }) => !isOfMemory(operation));

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
  await init('wasm');
  defaultDevice('wasm');
});

/** y and, in training, the gradients; x, dy and the parameters are the same for all in a process. */
function outputs(library: Library, task: Case): number[][] | Unsupported {
  const model = library.model(task);
  if (model instanceof Unsupported) return model;
  const x = randomTensor(storedShape(task.shape, task.dataFormat));
  if (task.phase === 'inference') return [[...model.inference(x).dataSync()]];
  const gradients = tf.grads(() => model.forward(x))([x, ...model.parameters], x);
  return [model.forward(x), ...gradients].map((tensor) => [...tensor.dataSync()]);
}

function expectClose(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs), 1);
  const furthest = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  expect(furthest / largest).toBeLessThan(1e-4);
}

it.each([
  ['composed', composed, 22],
  ['moments', moments, 4],
] as const)('%s computes what ours computes, in all cases that it has', (_name, library, count) => {
  let compared = 0;
  for (const task of cases) {
    const theirs = outputs(library, task);
    if (theirs instanceof Unsupported) continue;
    const ours = outputs(bn, task) as number[][];
    for (const [index, values] of theirs.entries()) expectClose(values, ours[index]!);
    compared++;
  }
  expect(compared).toBe(count);
});

it('tf.layers normalizes as our layer does', () => {
  for (const dataFormat of ['channelsLast', undefined] as const) {
    const task: Case = {
      operation: 'batchNormLayer',
      phase: 'forwardBackward',
      shape: dataFormat ? [3, 4, 2, 5] : [7, 5],
      ...(dataFormat ? { dataFormat } : {}),
    };
    const [theirs, ours] = [outputs(layers, task), outputs(bn, task)] as number[][][];
    expectClose(theirs![0]!, ours![0]!);
  }
});

it.each(
  cases.filter(({ phase }) => phase === 'forwardBackward').map((task) => [caseTitle(task), task] as const),
)('jax-js computes y as ours does: %s', async (_title, task) => {
  const { gamma, beta } = channelParameters(task);
  const x = randomTensor(storedShape(task.shape, task.dataFormat));
  const channelShape = storedShape(task.shape, task.dataFormat).map((size, axis, { length }) => {
    const last = ['layerNorm', 'rmsNorm'].includes(task.operation) || task.dataFormat === 'channelsLast';
    return axis === (last ? length - 1 : 1) ? size : 1;
  });
  const given = (tensor: tf.Tensor, shape: readonly number[]) =>
    np.array(tensor.dataSync<'float32'>()).reshape([...shape]);
  const y = normalize(task, given(x, x.shape), given(gamma, channelShape), given(beta, channelShape));
  expectClose([...(await y.data())], (outputs(bn, task) as number[][])[0]!);
});

it('names the version of jax-js that is installed', async () => {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(manifest).dependencies['@jax-js/jax']).toBe(jaxVersion);
});

it.each([
  [0, 122_880],
  [64, 128],
  [8192, 16],
])('copies from %i and to %i half a page apart in their pages', (source, target) => {
  const heap = new ArrayBuffer(200_000);
  const [from, to] = [new Float32Array(heap, source, 10), new Float32Array(heap, target)];
  const skipped = farWithinPages(from, to);
  expect(skipped).toBeLessThan(1024);
  expect(Math.abs(source - (target + 4 * skipped)) % 4096).toBe(2048);
});

it('reads every float of a tensor once, and no more', () => {
  // Written as ones, up to the end of the last block of 32.
  expect(prepareRead([3, 100]).sum()).toBe(320);
});
