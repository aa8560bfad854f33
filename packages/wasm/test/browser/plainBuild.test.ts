/** Pages that are not cross-origin isolated get tfjs's plain build; here tfjs is told that it is in one. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { wasmBackend } from '../../src/index.js';

tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

conformance({ backend: wasmBackend, swapWith: 'cpu', ...inThisEnvironment('wasm without isolation') });

it('runs on a heap that is not shared', async () => {
  await tf.setBackend('wasm');
  const { wasm } = tf.backend() as BackendWasm;
  const { asm } = wasm as unknown as { asm: { memory: WebAssembly.Memory } };
  expect(asm.memory.buffer).toBeInstanceOf(ArrayBuffer);
});
