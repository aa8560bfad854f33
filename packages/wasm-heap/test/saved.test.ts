/** What the tape keeps shares data and identity: gradients of every order are as with clones, and nothing is left behind. */
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import './kernels/library.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

const cube = (x: tf.Tensor): tf.Tensor => tf.mul(tf.square(x), x);
const valuesOf = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

describe('what the tape keeps', () => {
  it('is made by no kernel', async () => {
    const x = tf.tensor1d([1, 2]);
    const { kernels } = await tf.profile(() => tf.grad(cube)(x));
    expect(kernels.map(({ name }) => name)).not.toContain('Identity');
    x.dispose();
  });

  it('counts as tensors until the gradients are there', () => {
    tf.tidy(() => {
      const before = tf.memory().numTensors;
      const x = tf.scalar(2);
      tf.grad((input) => {
        const count = tf.memory().numTensors;
        const y = tf.square(input);
        // y, and what is kept of x.
        expect(tf.memory().numTensors).toBe(count + 2);
        return y;
      })(x).dispose();
      x.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('outlives the tensor that it stands for', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => {
        const doubled = tf.mul(x, 2);
        const y = tf.square(doubled);
        doubled.dispose();
        // Something that would take the place of freed data.
        tf.tensor1d([7, 7]);
        return y;
      });
      expect(valuesOf(gradient(tf.tensor1d([1, 2])))).toEqual([8, 16]);
    });
  });

  it('leads to gradients of gradients, and theirs', () => {
    tf.tidy(() => {
      const first = tf.grad(cube);
      const second = tf.grad((x) => first(x));
      const third = tf.grad((x) => second(x));
      const x = tf.tensor1d([2, 3]);
      expect([first, second, third].map((gradient) => valuesOf(gradient(x)))).toEqual([
        [12, 27],
        [12, 18],
        [6, 6],
      ]);
    });
  });

  it('leads from an inner gradient to what was computed around it', () => {
    tf.tidy(() => {
      // d/dx of h = x^3, taken within a function of x in which h was made: 3 x^2, whose slope is 6 x.
      const outer = tf.grad((x) => {
        const h = cube(x);
        return tf.grad(() => tf.mul(h, 1))(x);
      });
      expect(valuesOf(outer(tf.tensor1d([2, 3])))).toEqual([12, 18]);
    });
  });

  it('keeps the old value of a variable that is assigned', () => {
    tf.tidy(() => {
      const variable = tf.variable(tf.scalar(3));
      const { grads } = tf.variableGrads(() => {
        const y = tf.square(variable) as tf.Scalar;
        variable.assign(tf.scalar(5));
        return y;
      }, [variable]);
      expect(valuesOf(grads[variable.name]!)).toEqual([6]);
      variable.dispose();
    });
  });

  it('follows to another backend, and comes from one', () => {
    const x = tf.tensor1d([1, 2]);
    const gradient = tf.grad((input) => {
      const y = cube(input);
      tf.setBackend('cpu');
      return tf.mul(y, 1);
    });
    const ofCpu = gradient(x);
    expect(valuesOf(ofCpu)).toEqual([3, 12]);
    tf.setBackend('wasm');
    const back = tf.grad(cube)(x);
    expect(valuesOf(back)).toEqual([3, 12]);
    tf.dispose([x, ofCpu, back]);
  });

  it('is freed: of tensors, and of data', () => {
    const backend = tf.backend() as BackendWasm;
    const x = tf.tensor1d([1, 2]);
    const [tensors, data] = [tf.memory().numTensors, backend.numDataIds()];
    const gradient = tf.grad((input) => tf.grad(cube)(input));
    gradient(x).dispose();
    expect([tf.memory().numTensors, backend.numDataIds()]).toEqual([tensors, data]);
    expect(backend.refCount(x.dataId)).toBe(1);
    x.dispose();
  });

  it('is a clone of strings, which do not live on the heap', () => {
    tf.tidy(() => {
      const names = tf.tensor1d(['a']);
      const square = tf.customGrad((...args) => {
        const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
        save([x, names]);
        const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.mul(saved!, 2));
        return { value: tf.square(x), gradFunc };
      });
      expect(valuesOf(tf.grad((x) => square(x))(tf.tensor1d([3])))).toEqual([6]);
    });
  });
});
