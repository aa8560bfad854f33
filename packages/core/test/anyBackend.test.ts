/** A tfjs backend that no package has kernels for. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  BatchNorm,
  batchNorm,
  GroupNorm,
  LayerNorm,
  RMSNorm,
  registerBackend,
  registeredBackends,
  useBackend,
} from '../src/index.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';
import { expectClose, sample, tensorsAddedBy } from './support/tensors.js';

const warning = vi.spyOn(console, 'warn').mockImplementation(() => {});
let count = 0;
/** The name of a tfjs backend that has nothing of ours. */
function madeUpDevice(): string {
  const name = `device-${count++}`;
  addTfjsBackend(name);
  for (const { kernelName } of tf.getKernelsForBackend(name)) {
    if (kernelName.startsWith('Normalization')) tf.unregisterKernel(kernelName, name);
  }
  return name;
}

beforeEach(() => void warning.mockClear());
afterEach(async () => void (await tf.setBackend('cpu')));

/** What @bn/core has said; tfjs's cpu backend greets at its first operation in Node. */
const messages = () =>
  warning.mock.calls.map(([message]) => String(message)).filter((message) => message.startsWith('@bn/core'));

describe('useBackend with a backend that has no normalization kernels', () => {
  test('lets a layer train and infer', async () => {
    await useBackend(madeUpDevice());
    const layer = new BatchNorm({ numFeatures: 3, momentum: 0 });
    const x = sample([6, 3]);
    const { mean, variance } = tf.moments(x, 0);
    const expected = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
    expectClose(layer.apply(x, { training: true }), expected);
    expectClose(layer.runningMean!, mean);
    expectClose(layer.runningVariance!, tf.mul(variance, 6 / 5));
    expectClose(
      layer.apply(x, { training: false }),
      tf.div(tf.sub(x, mean), tf.sqrt(tf.add(tf.mul(variance, 6 / 5), 1e-5))),
    );
  });

  test('says so once, in one line, and whose kernels are faster', async () => {
    const name = madeUpDevice();
    await useBackend(name);
    await useBackend(name);
    batchNorm(sample([5, 3]));
    expect(messages()).toEqual([
      `@bn/core: no normalization kernels are registered for the tfjs backend '${name}', so that they are composed of ` +
        `TensorFlow.js's own operations, which is slower. Faster: registerBackend of @bn/core takes kernels of your own`,
    ]);
  });

  test('names the package to import, if there is one', async () => {
    addTfjsBackend('webgl');
    await useBackend('webgl');
    expect(messages()).toEqual([expect.stringMatching(/'webgl'.*Faster: import '@bn\/webgl'$/)]);
  });

  test('also without useBackend', async () => {
    await tf.setBackend(madeUpDevice());
    expectClose(tf.mean(new LayerNorm({ normalizedShape: 3 }).apply(sample([5, 3])), 1), [0, 0, 0, 0, 0]);
    expect(messages()).toHaveLength(1);
  });

  test('gives way to the kernels of a package, without a further word', async () => {
    const name = madeUpDevice();
    await useBackend(name);
    warning.mockClear();
    expect(registeredBackends()).not.toContain(name);
    const forward = vi.fn(genericBackend.moments);
    registerBackend({ ...genericBackend, name, moments: forward });
    batchNorm(sample([5, 3]));
    expect(forward).toHaveBeenCalledOnce();
    expect(registeredBackends()).toContain(name);
    await useBackend(name);
    expect(messages()).toEqual([]);
  });

  test('keeps a variance that is small beside the mean', async () => {
    await useBackend(madeUpDevice());
    const x = tf.add(tf.randomNormal([4096, 2], 0, 1, 'float32', 3), 1e4);
    const variance = tf.moments(tf.sub(x, 1e4), 0).variance.dataSync();
    expectClose(batchNorm(x).variance, variance, 1e-3);
  });

  test.each([
    ['BatchNorm', () => new BatchNorm({ numFeatures: 4 }), { training: true }],
    ['GroupNorm', () => new GroupNorm({ numGroups: 2, numChannels: 4 }), undefined],
    ['LayerNorm', () => new LayerNorm({ normalizedShape: [4, 3] }), undefined],
    ['RMSNorm', () => new RMSNorm({ normalizedShape: [4, 3] }), undefined],
  ])('leaves no tensors behind in %s and its first and second gradients', async (_, make, options) => {
    await useBackend(madeUpDevice());
    const layer = make();
    const x = sample([5, 4, 3]);
    const y = (input: tf.Tensor) => tf.sum(tf.pow(layer.apply(input, options as never), 3));
    const first = tf.grad(y);
    const second = tf.grad((input) => tf.sum(tf.square(first(input))));
    const run = () => tf.dispose([layer.apply(x, options as never), first(x), second(x)]);
    run();
    const data = tf.engine().backend.numDataIds();
    expect(tensorsAddedBy(run)).toBe(0);
    expect(tf.engine().backend.numDataIds()).toBe(data);
  });
});
