/** Tensors follow to the backend that uses them, and back, with all their values, whatever they are and however made. */
import { BackendError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Behaviour } from '../behaviour.js';
import type { Held, Way } from '../waysToMakeTensors.js';

/** Sizes of a tensor that webgl computes with on the CPU, and of a tensor that it puts on the GPU. */
const sizes = [2, 64];

/** Fails unless kernels of the current backend, which read a tensor by its type, find these values in it. */
async function expectHeld({ tensor, values }: Held, where: string): Promise<void> {
  const results: [use: string, result: tf.Tensor, wanted: Held['values']][] = [
    ['copied', tf.clone(tensor), values],
  ];
  const numbers = values as readonly number[];
  if (tensor.dtype === 'bool') {
    results.push(['negated', tf.logicalNot(tensor), numbers.map((value) => 1 - value)]);
  } else if (tensor.dtype !== 'string') {
    results.push(['doubled', tf.add(tensor, tensor), numbers.map((value) => 2 * value)]);
  }
  if (tensor.dtype !== 'string') results.push(['cast', tf.cast(tensor, 'float32'), values]);
  for (const [use, result, wanted] of results) {
    const got: ArrayLike<number | string> = await result.data<'float32' | 'string'>();
    expect(Array.from(got), `${tensor.dtype} ${use} ${where}`).toEqual(wanted);
    result.dispose();
  }
}

/** How many tensors there are, and how many buffers all backends hold for them. */
const counts = () => [tf.memory().numTensors, tf.memory().numDataBuffers];

/** Makes tensors, and frees what they are made of. */
function makeTensors(way: Way, rows: number): Held[] {
  let made: Held[] = [];
  tf.tidy(() => {
    made = way(rows);
    return made.map(({ tensor }) => tensor);
  });
  return made;
}

/** What a way makes is the same after each swap, in whatever order it is used; and all of it can be freed. */
async function followsBothWays(way: Way, [home, away]: readonly [string, string]): Promise<void> {
  for (const rows of sizes) {
    for (const order of ['as made', 'reversed'] as const) {
      await useBackend(home);
      const before = counts();
      const made = makeTensors(way, rows);
      const uses = order === 'reversed' ? [...made].reverse() : made;
      const swaps = rows === sizes[0] ? [away, home, away] : [home, away, home];
      for (const backend of swaps) {
        await useBackend(backend);
        for (const held of uses) await expectHeld(held, `on ${backend}, made on ${home}, ${order}`);
      }
      for (const { tensor } of made) tensor.dispose();
      expect(counts(), 'tensors and buffers left').toEqual(before);
    }
  }
}

export const follows =
  (way: Way, other: string): Behaviour =>
  async ({ backend }) => {
    await followsBothWays(way, [backend, other]);
    await followsBothWays(way, [other, backend]);
  };

/** Larger integers than float32 has: data that no kernel has computed with keeps all its bits, on GPUs too. */
export const largeIntegers =
  (other: string): Behaviour =>
  async ({ backend }) => {
    const values = [2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), -(2 ** 24) - 1];
    for (const [home, away] of [
      [backend, other],
      [other, backend],
    ] as const) {
      await useBackend(home);
      let x: tf.Tensor = tf.tensor1d(values, 'int32');
      for (const name of [away, home]) {
        await useBackend(name);
        const moved = tf.reshape(x, [2, 2]);
        x.dispose();
        x = moved;
        expect(Array.from(await x.data()), `on ${name}`).toEqual(values);
      }
      x.dispose();
    }
  };

/** A swap while `data()` still waits for the GPU: the tensor, its copies and the answer are all right. */
export const whileItIsRead =
  (other: string): Behaviour =>
  async ({ backend }) => {
    const values = Array.from({ length: 300 }, (_, i) => i - 100);
    for (const [home, away] of [
      [backend, other],
      [other, backend],
    ] as const) {
      await useBackend(home);
      const x = tf.tidy(() => tf.add(tf.tensor1d(values), 0));
      const answer = x.data();
      await tf.setBackend(away);
      const there = tf.add(x, 1);
      await tf.setBackend(home);
      const here = tf.clone(x);
      expect(Array.from(await answer)).toEqual(values);
      x.dispose();
      expect(Array.from(await here.data()), 'its copy').toEqual(values);
      expect(Array.from(await there.data()), 'its successor').toEqual(values.map((value) => value + 1));
      const again = tf.add(here, there);
      expect(Array.from(await again.data())).toEqual(values.map((value) => 2 * value + 1));
      tf.dispose([there, here, again]);
    }
  };

/** Complex numbers follow to a backend that has them; another one refuses them, and they stay as they were. */
export const complexNumbers =
  (other: string): Behaviour =>
  async ({ backend }) => {
    for (const [home, away] of [
      [backend, other],
      [other, backend],
    ] as const) {
      if (tf.getKernel(tf.Complex, home) === undefined) continue;
      await useBackend(home);
      const z = tf.tidy(() => tf.complex(tf.tensor1d([1, 2, 3]), tf.tensor1d([-1, 0, 4])));
      const expectParts = async () => {
        const [real, imaginary] = [tf.real(z), tf.imag(z)];
        expect(Array.from(await real.data())).toEqual([1, 2, 3]);
        expect(Array.from(await imaginary.data())).toEqual([-1, 0, 4]);
        tf.dispose([real, imaginary]);
      };
      await useBackend(away);
      if (tf.getKernel(tf.Complex, away) === undefined) expect(() => tf.clone(z)).toThrow(BackendError);
      else await expectParts();
      await useBackend(home);
      await expectParts();
      z.dispose();
    }
  };
