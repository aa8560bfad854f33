/** A context that is lost in mid-step: an error, and a run that goes on from what it has kept as if nothing had happened. */
import '@tensorflow/tfjs';
import { BatchNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ContextLostError } from '../../src/index.js';
import { gpuContext } from './gpu.js';

beforeAll(() => useBackend('webgl'));

const steps = 6;
const features = 5;

/** Where a run stands, outside of any backend. */
interface Kept {
  readonly weight: Float32Array;
  readonly norm: Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>;
}

class Run {
  readonly #norm = new BatchNorm({ numFeatures: features });
  readonly #weight: tf.Variable;
  readonly #x = tf.sin(tf.range(0, 40)).reshape([8, 5]);

  constructor(kept?: Kept) {
    const values = kept?.weight ?? Float32Array.from({ length: features }, (_, index) => index / 4 - 0.5);
    this.#weight = tf.variable(tf.tensor1d(values));
    if (kept === undefined) return;
    const state = this.#norm.stateDict();
    const own = Object.entries(state).map(([key, { shape, dtype }]) => [
      key,
      tf.tensor(kept.norm[key]!, shape, dtype as 'float32'),
    ]);
    this.#norm.loadStateDict(Object.fromEntries(own));
  }

  step(within = () => {}): void {
    const optimizer = tf.train.sgd(0.3);
    tf.tidy(() => {
      optimizer.minimize(
        () => {
          const y = this.#norm.apply(this.#x, { training: true }).mul(this.#weight);
          within();
          return y.sub(1).square().mean() as tf.Scalar;
        },
        false,
        [this.#weight, ...this.#norm.trainableWeights],
      );
    });
    optimizer.dispose();
  }

  async keep(): Promise<Kept> {
    const state = this.#norm.stateDict();
    const entries = Object.entries(state).map(async ([key, tensor]) => [key, (await tensor.data()).slice()]);
    const norm = Object.fromEntries(await Promise.all(entries)) as Kept['norm'];
    tf.dispose(state);
    return { weight: (await this.#weight.data()).slice() as Float32Array, norm };
  }
}

async function startAnew(): Promise<void> {
  const factory = tf.findBackendFactory('webgl');
  tf.removeBackend('webgl');
  tf.registerBackend('webgl', factory, 2);
  await useBackend('webgl');
}

test.each([1, 3, 5])('lost in step %d', async (lost) => {
  const whole = new Run();
  for (let step = 0; step < steps; step++) whole.step();
  const wanted = await whole.keep();

  let run = new Run();
  let kept = await run.keep();
  for (let step = 0; step < steps; step++) {
    if (step === lost) {
      const lose = () => gpuContext().getExtension('WEBGL_lose_context')!.loseContext();
      expect(() => run.step(lose)).toThrow(ContextLostError);
      expect(tf.engine().state.gradientDepth).toBe(0);
      await startAnew();
      run = new Run(kept);
    }
    run.step();
    kept = await run.keep();
  }
  expect(kept).toEqual(wanted);
});
