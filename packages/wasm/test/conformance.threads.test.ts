/** The conformance suite on two threads, which take part in operations of any size here. */
import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import { shareEverything, takenByWorkers } from '@bn/wasm-heap/testing';
import { beforeAll, expect, it } from 'vitest';
import { threadCount, useThreads, wasmBackend } from '../src/index.js';

beforeAll(async () => {
  shareEverything();
  await useThreads(2);
});

conformance({ backend: wasmBackend, swapWith: 'cpu', ...inThisEnvironment('wasm, 2 threads') });

it('ran on two threads', () => {
  expect(threadCount()).toBe(2);
  expect(takenByWorkers()).toBeGreaterThan(1000);
});
