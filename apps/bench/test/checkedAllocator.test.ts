/** A full WebAssembly heap, which tfjs does not notice. */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { checkAllocations } from '../src/implementations/checkedAllocator.js';

it('is an error where memory is asked for, instead of figures of work at address 0', async () => {
  await tf.setBackend('wasm');
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  const tooMuch = 2 ** 32 - 2 ** 16;
  expect(wasm._malloc(tooMuch)).toBe(0);
  checkAllocations();
  expect(() => wasm._malloc(tooMuch)).toThrow('the WebAssembly heap has no 4295 MB left');
  expect(tf.add(1, 2).dataSync()[0]).toBe(3);
});
