/** Gradients taken inside of the gradient of a tf.customGrad, at which tfjs stops. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { registerTrainingKernels, unregisterTrainingKernels } from '../src/index.js';
import { expectClose, random } from './support/compare.js';

/** f, of which nothing is kept but x: its gradient computes f again. */
function recomputed(f: (x: tf.Tensor) => tf.Tensor): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor]);
    const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.grad(f)(saved!, dy);
    return { value: f(x as tf.Tensor), gradFunc };
  });
}

type Block = (x: tf.Tensor) => tf.Tensor;

const block: Block = (x) => tf.maxPool(tf.elu(tf.mul(x, x)) as tf.Tensor4D, 2, 2, 'same');
const values = random(48, 3);

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  it.each([
    ['once', recomputed(block)],
    ['in another that is computed again', recomputed(recomputed(block))],
  ])('a block that is computed again, %s, has the gradient of the block', async (_, again) => {
    await tf.setBackend(backend);
    const x = tf.tensor4d(values, [1, 4, 4, 3]);
    const of = (f: Block) =>
      tf.tidy(() =>
        tf
          .grad((z: tf.Tensor) => tf.square(f(tf.sin(z))))(x)
          .dataSync(),
      );
    const truth = of(block);
    const before = tf.memory().numTensors;
    expectClose(of(again), truth);
    expectClose(
      of((z) => again(tf.exp(again(z)))),
      of((z) => block(tf.exp(block(z)))),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('its gradient of a gradient too', async () => {
    await tf.setBackend(backend);
    const x = tf.tensor4d(values, [1, 4, 4, 3]);
    const penalty = (f: Block) =>
      tf.tidy(() => {
        const first = tf.grad((z: tf.Tensor) => tf.sum(f(z)));
        return tf
          .grad((z: tf.Tensor) => tf.sum(tf.square(first(z))))(x)
          .dataSync();
      });
    expectClose(penalty(recomputed(block)), penalty(block));
  });

  it('an error in it leaves nothing, and the next gradient is right', async () => {
    await tf.setBackend(backend);
    const x = tf.tensor4d(values, [1, 4, 4, 3]);
    let calls = 0;
    const fragile = recomputed((z) => {
      if (++calls === 2) throw new Error('broken');
      return block(z);
    });
    const gradient = () =>
      tf.tidy(() =>
        tf
          .grad((z: tf.Tensor) => tf.square(fragile(tf.sin(z))))(x)
          .dataSync(),
      );
    const before = tf.memory().numTensors;
    expect(gradient).toThrow('broken');
    expect(tf.memory().numTensors).toBe(before);
    expect(gradient()).toHaveLength(48);
    expect(tf.memory().numTensors).toBe(before);
  });
});

it("without the package tfjs's own way is back", async () => {
  await tf.setBackend('cpu');
  unregisterTrainingKernels();
  expect(() => tf.grad(recomputed(tf.square))(tf.scalar(1))).toThrow(TypeError);
  registerTrainingKernels();
  expect(tf.grad(recomputed(tf.square))(tf.scalar(3)).dataSync()[0]).toBe(6);
});
