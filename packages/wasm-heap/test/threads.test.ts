/** How many threads there are, and what they are given to do. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OptionError, threadCount, useThreads } from '../src/index.js';
import {
  activePool,
  heap,
  shareAsUsual,
  shareEverything,
  takenByWorkers,
  tuning,
  watchAllocations,
} from '../src/testing.js';
import { nodeModule } from '../src/threads/environment.js';
import { affine } from './kernels/library.js';

beforeAll(async () => {
  shareEverything();
  await tf.setBackend('wasm');
});

afterAll(async () => {
  await useThreads(1);
  shareAsUsual();
});

/** 3 x + 2 of the first numbers. */
function values(size: number): number[] {
  return tf.tidy(() => Array.from(affine(tf.range(0, size)).dataSync()));
}

const expected = (size: number): number[] => Array.from({ length: size }, (_, i) => 3 * i + 2);

describe('useThreads', () => {
  it.each([0, -1, 1.5, 65, Number.NaN, '2', undefined])('refuses %s', async (n) => {
    await expect(useThreads(n as number)).rejects.toThrow(OptionError);
    await expect(useThreads(n as number)).rejects.toThrow(/an integer from 1 to 64, or 'auto', got/);
  });

  it('changes their number, whatever it was before', async () => {
    for (const n of [2, 2, 3, 2, 1, 1]) {
      expect(await useThreads(n)).toBe(n);
      expect(threadCount()).toBe(n);
    }
  });

  it('does one thing after the other', async () => {
    expect(await Promise.all([useThreads(3), useThreads(1), useThreads(2)])).toEqual([3, 1, 2]);
    expect(threadCount()).toBe(2);
  });

  it("takes as many as there are processors for 'auto'", async () => {
    expect(await useThreads('auto')).toBeGreaterThan(0);
  });

  it('leaves the current backend what it is', async () => {
    await useThreads(1);
    await tf.setBackend('cpu');
    await useThreads(2);
    expect(tf.getBackend()).toBe('cpu');
    await tf.setBackend('wasm');
  });
});

describe('a task', () => {
  it.each([1, 2, 3])('gives the same on %i threads', async (n) => {
    await useThreads(n);
    const before = takenByWorkers();
    for (const size of [1, 2, 3, 17, 1003]) expect(values(size)).toEqual(expected(size));
    expect(takenByWorkers() > before).toBe(n > 1);
  });

  it('gives the same after the heap has grown', async () => {
    await useThreads(3);
    const { buffer } = heap().HEAPU8;
    const large = tf.zeros([buffer.byteLength / 4]);
    expect(heap().HEAPU8.buffer).not.toBe(buffer);
    expect(values(1003)).toEqual(expected(1003));
    large.dispose();
  });

  it('frees all the scratch space it allocates', async () => {
    await useThreads(2);
    const { live, stop } = watchAllocations();
    values(1003);
    stop();
    expect(live).toEqual(new Set());
  });

  it('stays on one thread if it is short', async () => {
    await useThreads(2);
    shareAsUsual();
    const before = takenByWorkers();
    expect(values(1003)).toEqual(expected(1003));
    expect(takenByWorkers()).toBe(before);
    shareEverything();
  });
});

describe('a short task', () => {
  const longTime = 60_000;

  /** Workers that look out for work for so long; no other task makes a short one worth waking them. */
  async function startWorkers(spinMilliseconds: number): Promise<void> {
    await useThreads(1);
    Object.assign(tuning, {
      spinMilliseconds,
      smallestTensor: Number.POSITIVE_INFINITY,
      closeMilliseconds: 0,
    });
    await useThreads(2);
  }

  function setProcessors(count: number): void {
    const os = nodeModule('node:os');
    if (os) vi.spyOn(os, 'availableParallelism').mockReturnValue(count);
    else vi.spyOn(navigator, 'hardwareConcurrency', 'get').mockReturnValue(count);
  }

  const untilTheySleep = () => vi.waitFor(() => expect(activePool()!.prepare(1003)).toBe(false), longTime);

  function isShared(): boolean {
    const before = takenByWorkers();
    expect(values(1003)).toEqual(expected(1003));
    return takenByWorkers() > before;
  }

  afterEach(async () => {
    vi.restoreAllMocks();
    await useThreads(1);
    shareAsUsual();
    shareEverything();
  });

  it('is shared while workers look out for work', async () => {
    setProcessors(2);
    await startWorkers(longTime);
    expect(isShared()).toBe(true);
  });

  it('stays on one thread when they have gone to sleep', async () => {
    await startWorkers(0.1);
    await untilTheySleep();
    expect(isShared()).toBe(false);
  });

  it('stays on one thread if there are fewer processors, where workers go to sleep at once', async () => {
    setProcessors(1);
    await startWorkers(longTime);
    await untilTheySleep();
    expect(isShared()).toBe(false);
  });
});
