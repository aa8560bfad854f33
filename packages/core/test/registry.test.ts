import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  BackendError,
  batchNorm,
  type NormalizationBackend,
  OptionError,
  registerBackend,
  registeredBackends,
} from '../src/index.js';
import { genericBackend } from './support/genericBackend.js';
import { refusalOf } from './support/refusal.js';
import { expectClose, sample } from './support/tensors.js';

beforeEach(() => registerBackend(genericBackend));
afterEach(() => void vi.restoreAllMocks());

/** The generic backend with every kernel watched. */
function watchedBackend() {
  return {
    ...genericBackend,
    moments: vi.fn(genericBackend.moments),
    normalize: vi.fn(genericBackend.normalize),
    gradientSums: vi.fn(genericBackend.gradientSums),
    inputGradient: vi.fn(genericBackend.inputGradient),
  };
}

const x = sample([5, 3]);
const lossGradient = () => tf.grad((input) => tf.sum(tf.square(batchNorm(input).y)))(x);

describe('registerBackend', () => {
  test.each(['moments', 'normalize', 'gradientSums', 'inputGradient'])(
    'refuses a backend without %s',
    (kernel) => {
      const error = refusalOf(() =>
        registerBackend({ ...genericBackend, name: 'half', [kernel]: undefined }),
      );
      expect(error.message).toBe(`registerBackend: backend 'half' lacks the kernel ${kernel}`);
    },
  );

  test.each([
    ['without a name', { ...genericBackend, name: undefined }, 'undefined'],
    ['with an empty name', { ...genericBackend, name: '' }, ''],
    ['that is nothing', undefined, 'undefined'],
  ])('refuses a backend %s', (_, backend, got) => {
    const error = refusalOf(() => registerBackend(backend as unknown as NormalizationBackend));
    expect(error.message).toBe(`registerBackend: name must be the name of a tfjs backend, got ${got}`);
  });

  test('refuses with an OptionError', () => {
    expect(refusalOf(() => registerBackend({} as NormalizationBackend))).toBeInstanceOf(OptionError);
  });

  test('does not count a refused backend as registered', () => {
    refusalOf(() => registerBackend({ ...genericBackend, name: 'half', moments: undefined as never }));
    expect(registeredBackends()).not.toContain('half');
  });

  test('replaces the kernels that were registered before', () => {
    const earlier = watchedBackend();
    registerBackend(earlier);
    registerBackend(genericBackend);
    batchNorm(x);
    expect(earlier.moments).not.toHaveBeenCalled();
  });

  test('replaces kernels without a warning from tfjs', () => {
    const warning = vi.spyOn(console, 'warn');
    registerBackend(genericBackend);
    expect(warning).not.toHaveBeenCalled();
  });
});

describe('registeredBackends', () => {
  test('lists each name once, in the order of registration', () => {
    registerBackend({ ...genericBackend, name: 'later' });
    registerBackend(genericBackend);
    expect(registeredBackends()).toEqual(['cpu', 'later']);
  });

  test('gives out a list of its own', () => {
    registeredBackends().push('forged');
    expect(registeredBackends()).not.toContain('forged');
  });
});

describe('a backend without fusions', () => {
  test('computes forward with moments and normalize', () => {
    const backend = watchedBackend();
    registerBackend(backend);
    batchNorm(x);
    expect([backend.moments.mock.calls.length, backend.normalize.mock.calls.length]).toEqual([1, 1]);
  });

  test('computes backward with gradientSums and inputGradient', () => {
    const backend = watchedBackend();
    registerBackend(backend);
    lossGradient();
    expect([backend.gradientSums.mock.calls.length, backend.inputGradient.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('a backend with fusions', () => {
  type Fusions = Required<Pick<NormalizationBackend, 'forward' | 'backward'>>;

  function fusedBackend() {
    const forward = vi.fn<Fusions['forward']>((input, gamma, beta, view, epsilon) => {
      const { mean, variance } = genericBackend.moments(input, view);
      const y = genericBackend.normalize(input, mean, variance, gamma, beta, view, epsilon);
      return { y, mean, variance };
    });
    const backward = vi.fn<Fusions['backward']>((dy, input, mean, variance, gamma, view, epsilon) => {
      const sums = genericBackend.gradientSums(dy, input, mean, variance, gamma, view, epsilon);
      const dx = genericBackend.inputGradient(dy, input, mean, variance, gamma, sums, view, epsilon);
      return { dx, dGamma: sums.dGamma, dBeta: sums.dBeta };
    });
    return { ...watchedBackend(), forward, backward };
  }

  test('computes forward with its fusion alone', () => {
    const backend = fusedBackend();
    registerBackend(backend);
    batchNorm(x);
    expect([backend.forward, backend.moments, backend.normalize].map((f) => f.mock.calls.length)).toEqual([
      1, 0, 0,
    ]);
  });

  test('computes backward with its fusion alone', () => {
    const backend = fusedBackend();
    registerBackend(backend);
    lossGradient();
    const kernels = [backend.backward, backend.gradientSums, backend.inputGradient];
    expect(kernels.map((f) => f.mock.calls.length)).toEqual([1, 0, 0]);
  });

  test('gives the gradients of one without', () => {
    const composed = lossGradient();
    registerBackend(fusedBackend());
    expectClose(lossGradient(), composed);
  });

  test('calls its kernels as methods of the backend', () => {
    const backend = fusedBackend();
    registerBackend(backend);
    batchNorm(x);
    expect(backend.forward.mock.contexts).toEqual([backend]);
  });
});

test('a backend of plain tensor data, which tfjs has never seen, leaks none of it', () => {
  const detached = (tensor: tf.Tensor) => {
    const { backend } = tf.engine() as unknown as {
      backend: tf.KernelBackend & { makeTensorInfo: DetachedMaker };
    };
    const values = tensor.dataSync();
    tensor.dispose();
    return backend.makeTensorInfo(tensor.shape, 'float32', values);
  };
  registerBackend({
    ...genericBackend,
    gradientSums: (...inputs: Parameters<NormalizationBackend['gradientSums']>) => {
      const sums = genericBackend.gradientSums(...inputs);
      return {
        dGamma: detached(sums.dGamma),
        dBeta: detached(sums.dBeta),
        sumDy: detached(sums.sumDy),
        sumDyXhat: detached(sums.sumDyXhat),
      };
    },
    inputGradient: (dy, input, mean, variance, gamma, _, view, epsilon) => {
      const sums = genericBackend.gradientSums(dy, input, mean, variance, gamma, view, epsilon);
      const dx = genericBackend.inputGradient(dy, input, mean, variance, gamma, sums, view, epsilon);
      tf.dispose([sums.dGamma, sums.dBeta, sums.sumDy, sums.sumDyXhat]);
      return dx;
    },
  });
  const before = tf.engine().backend.numDataIds();
  lossGradient().dispose();
  expect(tf.engine().backend.numDataIds()).toBe(before);
});

test('a backend may give out the same data as two tensors', () => {
  registerBackend({
    ...genericBackend,
    gradientSums: (...inputs: Parameters<NormalizationBackend['gradientSums']>) => {
      const sums = genericBackend.gradientSums(...inputs);
      tf.dispose(sums.sumDy as tf.Tensor);
      return { ...sums, sumDy: tf.reshape(sums.dBeta as tf.Tensor, sums.sumDy.shape) };
    },
  });
  const offset = tf.zeros([3]);
  const [, dBeta] = tf.grads((input, beta) => tf.sum(batchNorm(input, { beta }).y))([x, offset]);
  expectClose(dBeta!, [5, 5, 5]);
});

type DetachedMaker = (shape: number[], dtype: string, values: tf.TypedArray) => tf.TensorInfo;

test('errors about backends are BackendErrors', () => {
  expect(new BackendError('')).toMatchObject({ name: 'BackendError', code: 'BN_BACKEND' });
});
