/** Which kernel and gradient tfjs runs for its own batch norm, and the way back. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerFusedBatchNorm, unregisterFusedBatchNorm } from '../src/accelerate/index.js';
import { registerBackend } from '../src/index.js';
import { batchNorm, formula, inputsOf, watched, watchedBackend } from './support/fusedBatchNorm.js';
import { addTfjsBackend, genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose } from './support/tensors.js';

beforeEach(() => {
  vi.clearAllMocks();
  registerBackend(watchedBackend);
  registerFusedBatchNorm('cpu');
});
afterEach(() => unregisterFusedBatchNorm('cpu'));

describe('registerFusedBatchNorm', () => {
  const kernel = () => tf.getKernel(tf.FusedBatchNorm, 'cpu');

  test('leaves what has fewer than fewestElements to tfjs, where its channels are last', () => {
    unregisterFusedBatchNorm('cpu');
    registerFusedBatchNorm('cpu', { fewestElements: 16 });
    batchNorm(...inputsOf([5, 3], [3]));
    expect(watched.normalize).not.toHaveBeenCalled();
    batchNorm(...inputsOf([6, 3], [3]));
    batchNorm(...inputsOf([1, 3, 2, 1], [1, 3, 1, 1]));
    expect(watched.normalize).toHaveBeenCalledTimes(2);
  });

  test('changes nothing when called again', () => {
    const before = kernel();
    registerFusedBatchNorm('cpu');
    expect(kernel()).toBe(before);
  });

  test('composes kernels for a backend that has none', () => {
    const warning = vi.spyOn(console, 'warn').mockImplementation(() => {});
    addTfjsBackend('ledger');
    registerFusedBatchNorm('ledger');
    unregisterFusedBatchNorm('ledger');
    expect(warning.mock.calls.flat().join()).toContain("registered for the tfjs backend 'ledger'");
    warning.mockRestore();
  });

  test('refuses a backend for which tfjs has no FusedBatchNorm', () => {
    registerBackend({ ...genericBackend, name: 'slate' });
    expect(refusalOf(() => registerFusedBatchNorm('slate')).message).toContain(
      "TensorFlow.js has no FusedBatchNorm for the backend 'slate'",
    );
  });

  test("holds its gradient against tfjs's, when that is registered anew", () => {
    unregisterFusedBatchNorm('cpu');
    const original = tf.getGradient(tf.FusedBatchNorm);
    const theirs = { ...original, gradFunc: vi.fn(original.gradFunc) };
    registerFusedBatchNorm('cpu');
    tf.registerGradient(theirs);
    tf.grads(batchNorm)(inputsOf([4, 3], [3]));
    expect(theirs.gradFunc).not.toHaveBeenCalled();
    expect(watched.inputGradient).toHaveBeenCalledOnce();
  });
});

describe('unregisterFusedBatchNorm', () => {
  test('gives kernel and gradient back to tfjs', () => {
    const gradient = tf.getGradient(tf.FusedBatchNorm);
    unregisterFusedBatchNorm('cpu');
    expect(tf.getGradient(tf.FusedBatchNorm)).not.toBe(gradient);
    const inputs = inputsOf([4, 3], [3]);
    const gradients = tf.grads(batchNorm)(inputs);
    expect(watched.normalize).not.toHaveBeenCalled();
    expect(watched.gradientSums).not.toHaveBeenCalled();
    expectClose(gradients[0]!, tf.grads(formula)(inputs)[0]!);
  });

  test('leaves a kernel alone that others have put in the place of ours', () => {
    const ours = tf.getKernel(tf.FusedBatchNorm, 'cpu')!;
    const theirs = { ...ours };
    tf.unregisterKernel(tf.FusedBatchNorm, 'cpu');
    tf.registerKernel(theirs);
    unregisterFusedBatchNorm('cpu');
    expect(tf.getKernel(tf.FusedBatchNorm, 'cpu')).toBe(theirs);
  });

  test('does nothing for a backend that is not accelerated', () => {
    expect(() => unregisterFusedBatchNorm('abacus')).not.toThrow();
  });

  test('keeps the gradient for another backend that is', async () => {
    addTfjsBackend('other');
    registerBackend({ ...watchedBackend, name: 'other' });
    registerFusedBatchNorm('other');
    unregisterFusedBatchNorm('cpu');
    const gradients = () => tf.grads(batchNorm)(inputsOf([4, 3], [3]));
    gradients();
    expect(watched.inputGradient).not.toHaveBeenCalled();
    await tf.setBackend('other');
    gradients();
    expect(watched.inputGradient).toHaveBeenCalledOnce();
    unregisterFusedBatchNorm('other');
    await tf.setBackend('cpu');
  });
});
