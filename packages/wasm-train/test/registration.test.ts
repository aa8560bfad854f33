/** The kernels take tfjs's names when the package is imported, and give them back when asked to. */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerTrainingKernels, trainingKernels, unregisterTrainingKernels } from '../src/index.js';
// After ours on purpose: it registers all of tfjs's gradients once more.
import '@tensorflow/tfjs';
import { randomTensor } from './support/compare.js';

const names = trainingKernels.map(({ kernelName }) => kernelName);

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

afterEach(() => {
  registerTrainingKernels();
  vi.restoreAllMocks();
});

/** The names of the kernels that the gradient of sigmoid runs. */
async function sigmoidGradientKernels(): Promise<string[]> {
  const profile = await tf.profile(() =>
    tf.tidy(() => void tf.grad((x: tf.Tensor) => tf.sigmoid(x))(tf.tensor1d([1, 2]))),
  );
  return profile.kernels.map(({ name }) => name);
}

describe('importing the package', () => {
  it.each(names)('registers %s for wasm', (name) => {
    const ours = trainingKernels.find(({ kernelName }) => kernelName === name)!;
    expect(tf.getKernel(name, 'wasm')?.kernelFunc).toBe(ours.kernelFunc);
  });

  it('registers no kernel twice', () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it('takes the gradients even if tfjs registers its own later', async () => {
    expect(await sigmoidGradientKernels()).toContain('SigmoidGrad');
  });
});

describe('registerTrainingKernels', () => {
  it('changes nothing and warns of nothing when called again', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const before = names.map((name) => tf.getKernel(name, 'wasm'));
    registerTrainingKernels();
    expect(names.map((name) => tf.getKernel(name, 'wasm'))).toEqual(before);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('unregisterTrainingKernels', () => {
  it("brings tfjs's kernels and gradients back", async () => {
    unregisterTrainingKernels();
    for (const { kernelName, kernelFunc } of trainingKernels) {
      expect(tf.getKernel(kernelName, 'wasm')?.kernelFunc).not.toBe(kernelFunc);
    }
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeUndefined();
    expect(tf.getKernel('Conv2D', 'wasm')).toBeDefined();
    expect(await sigmoidGradientKernels()).toContain('Sub');
    registerTrainingKernels();
    expect(await sigmoidGradientKernels()).toContain('SigmoidGrad');
  });

  it('leaves a kernel alone that another package has put in the place of ours', () => {
    const ours = tf.getKernel('Sum', 'wasm')!;
    const theirs = { ...ours };
    tf.unregisterKernel('Sum', 'wasm');
    tf.registerKernel(theirs);
    registerTrainingKernels();
    expect(tf.getKernel('Sum', 'wasm')).toBe(theirs);
    unregisterTrainingKernels();
    expect(tf.getKernel('Sum', 'wasm')).toBe(theirs);
    tf.unregisterKernel('Sum', 'wasm');
    tf.registerKernel(ours);
  });

  it('does nothing when called twice', () => {
    unregisterTrainingKernels();
    expect(unregisterTrainingKernels).not.toThrow();
  });
});

describe('a wasm backend that is removed and made again', () => {
  it('gets kernels of its own', async () => {
    const compute = () =>
      tf.tidy(() => [...tf.matMul(randomTensor([3, 4]), randomTensor([4, 5])).dataSync()]);
    const first = tf.backend() as BackendWasm;
    const expected = compute();
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory);
    await tf.setBackend('wasm');
    expect(tf.backend()).not.toBe(first);
    expect(compute()).toEqual(expected);
  });
});
