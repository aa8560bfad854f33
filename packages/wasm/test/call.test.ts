/** The record that host and kernels share. */
import { useBackend } from '@bn/core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import '../src/index.js';
import { records } from '../src/generated/calls.js';
import { library } from '../src/kernels.js';

test('the host takes a call for as many bytes as the compiler', async () => {
  await useBackend('wasm');
  expect(library.kernels(tf.backend() as BackendWasm).callBytes()).toBe(records.perSampleRowsForward.bytes);
});
