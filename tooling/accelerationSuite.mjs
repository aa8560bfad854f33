/** The tests of `@bn/<backend>/accelerate`, the same for every backend; tfjs's own tests of batch norm are among them. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

/**
 * @param {object} options
 * @param {{ name: string, normalize: Function }} options.backend The backend, whose package has been imported with /accelerate.
 * @param {typeof import('@tensorflow/tfjs')} options.tf
 * @param {typeof import('@bn/core/accelerate')} options.accelerate
 * @param {string} options.tfjsTests The text of `@tensorflow/tfjs-core/dist/ops/batchnorm_test.js`: import it with `?raw`.
 */
export function accelerationSuite({ backend, tf, accelerate, tfjsTests }) {
  const { name } = backend;
  const normalize = vi.spyOn(backend, 'normalize');
  const parameter = (shape, seed) => tf.randomUniform(shape, 0.5, 2, 'float32', seed);
  const batchNorm = (shape) => (x) => tf.batchNorm(x, ...[2, 3, 4, 5].map((seed) => parameter(shape, seed)));
  const images = () => tf.randomNormal([4, 16, 16, 3], 0, 1, 'float32', 1);

  beforeAll(async () => {
    await tf.setBackend(name);
    await tf.ready();
  });
  afterAll(() => accelerate.unregisterFusedBatchNorm(name));

  describe(`tf.batchNorm on ${name}`, () => {
    it('runs our kernel', () => {
      normalize.mockClear();
      tf.dispose(batchNorm([3])(images()));
      expect(normalize).toHaveBeenCalledOnce();
    });

    it('has its gradient from our kernels', async () => {
      const gradient = () => tf.dispose(tf.grad(batchNorm([3]))(images()));
      const { kernels } = await tf.profile(gradient);
      expect(kernels.map((kernel) => kernel.name)).toContain('NormalizationInputGradientWithGamma');
    });

    it('gives for channels first what it gives for channels last', async () => {
      const last = batchNorm([3])(images());
      const first = batchNorm([1, 3, 1, 1])(tf.transpose(images(), [0, 3, 1, 2]));
      const difference = tf.max(tf.abs(tf.sub(tf.transpose(first, [0, 2, 3, 1]), last)));
      expect((await difference.data())[0]).toBeLessThan(1e-5);
    });
  });

  describe("tfjs's own tests", () => {
    // Also for tensors as small as theirs, which a backend may leave to tfjs.
    beforeAll(() => {
      accelerate.unregisterFusedBatchNorm(name);
      accelerate.registerFusedBatchNorm(name);
      normalize.mockClear();
    });

    runTfjsTests(tfjsTests, tf);

    it('have run our kernel', () => {
      expect(normalize).toHaveBeenCalled();
    });
  });
}

/** Defines the tests of a file that is written for jasmine and tfjs's list of backends: its imports are handed to it. */
function runTfjsTests(source, tf) {
  const imports = {
    tf,
    ALL_ENVS: {},
    describeWithFlags: (title, _environments, tests) => describe(title, tests),
    expectArraysClose: tf.test_util.expectArraysClose,
    expect,
    it,
  };
  const body = source.replace(/^import .*;$/gm, '');
  new Function(...Object.keys(imports), body)(...Object.values(imports));
}
