/** Where threads come from and when they go: the backend they need in Node, what they are told where there are none. */
import '@tensorflow/tfjs';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ThreadError, threadCount, useThreads } from '../src/index.js';
import { isShared, memoryOf } from '../src/testing.js';
import { affine } from './kernels/library.js';
import { gone, startChanged } from './sabotage.js';

const backend = () => tf.backend() as BackendWasm;

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('without memory to share', () => {
  const inBrowser = (properties: Record<string, unknown>) => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
    for (const [name, value] of Object.entries(properties)) vi.stubGlobal(name, value);
  };
  const restore = () => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  };

  it('a page is told which headers it needs', async () => {
    inBrowser({ crossOriginIsolated: false });
    await expect(useThreads(2)).rejects.toThrow(ThreadError);
    await expect(useThreads(2)).rejects.toThrow(
      /Cross-Origin-Opener-Policy: same-origin.*Cross-Origin-Embedder-Policy: require-corp/,
    );
    restore();
  });

  it('a page that has the headers is told about the build of tfjs', async () => {
    inBrowser({ crossOriginIsolated: true });
    await expect(useThreads(2)).rejects.toThrow(/tfjs's threaded build, but its wasm backend runs another/);
    restore();
  });

  it('one thread can be had all the same', async () => {
    inBrowser({ crossOriginIsolated: false });
    expect(await useThreads(1)).toBe(1);
    expect(isShared(memoryOf(backend()))).toBe(false);
    restore();
  });
});

describe('the first call', () => {
  it('puts the backend on shared memory, on which all tensors stay what they were', async () => {
    const { numTensors } = tf.memory();
    const old = backend();
    const kept = [tf.tensor([1.5, -2]), tf.tensor([3, 4], [2], 'int32'), tf.tensor(['a', 'ä'])];
    const copy = tf.clone(kept[0]!);
    const disposed = tf.ones([100]);
    const variable = tf.tidy(() => tf.variable(tf.scalar(7)));
    await useThreads(2);
    disposed.dispose();
    expect(backend()).not.toBe(old);
    expect(isShared(memoryOf(backend()))).toBe(true);
    expect(kept.map((tensor) => Array.from(tensor.dataSync()))).toEqual([
      [1.5, -2],
      [3, 4],
      ['a', 'ä'],
    ]);
    const sum = tf.tidy(() => tf.add(tf.mul(copy, variable), kept[0]!));
    expect(Array.from(sum.dataSync())).toEqual([12, -16]);
    tf.dispose([...kept, copy, variable, sum]);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(old.numDataIds()).toBe(0);
  });

  it("leaves no trace of Node's Worker among the globals", () => {
    expect('Worker' in globalThis).toBe(false);
  });
});

describe('workers end', () => {
  it('with useThreads(1)', async () => {
    await useThreads(1);
    const workers = await startChanged(() => useThreads(3));
    expect(workers.map(({ threadId }) => threadId > 0)).toEqual([true, true]);
    await useThreads(1);
    expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });

  it('with the backend, which can be started again and has shared memory again', async () => {
    const workers = await startChanged(() => useThreads(2));
    const factory = tf.findBackendFactory('wasm');
    tf.removeBackend('wasm');
    expect(threadCount()).toBe(1);
    await gone(workers);
    tf.registerBackend('wasm', factory, 2);
    await tf.setBackend('wasm');
    expect(isShared(memoryOf(backend()))).toBe(true);
    await useThreads(2);
    expect(tf.tidy(() => Array.from(affine(tf.tensor([1, 3])).dataSync()))).toEqual([5, 11]);
    await useThreads(1);
  });

  it('with the process, which they do not keep alive', async () => {
    const script = `
      import '@tensorflow/tfjs';
      import { threadCount, useThreads } from '@bn/wasm-heap';
      import * as tf from '@tensorflow/tfjs-core';
      await useThreads(3);
      console.log(threadCount(), tf.getBackend());`;
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd, timeout: 100_000 },
    );
    expect(stdout.trim().split('\n').at(-1)).toBe('3 wasm');
  });
});
