/** The members are threads that block; they run the built package, since a thread of Node reads no TypeScript. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { threadGroupMemory, threadReducer } from '../src/group/index.js';
import { OptionError } from '../src/index.js';
import { refusalOf } from './support/refusal.js';

const group = new URL('../dist/group/index.js', import.meta.url).href;

/**
 * Runs code, the body of a function of `reducer`, on each member; gives what each returned, or the message of its error. All threads
 * have started before any reducer waits for another.
 */
async function onThreads(size: number, code: string, timeout = 100_000): Promise<unknown[]> {
  const memory = threadGroupMemory(size);
  const started = new Int32Array(new SharedArrayBuffer(4));
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.group).then(({ threadReducer }) => {
      const { started, size } = workerData;
      Atomics.add(started, 0, 1);
      Atomics.notify(started, 0);
      for (let count; (count = Atomics.load(started, 0)) < size; ) Atomics.wait(started, 0, count);
      const reducer = threadReducer(workerData.memory, workerData.rank, { timeout: workerData.timeout });
      const run = new Function('reducer', workerData.code);
      let result;
      try { result = run(reducer); } catch (error) { result = error.name + ': ' + error.message; }
      parentPort.postMessage(result);
    });`;
  const workers = Array.from(
    { length: size },
    (_, rank) =>
      new Worker(program, { eval: true, workerData: { memory, rank, size, started, code, timeout, group } }),
  );
  const results = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  await Promise.all(workers.map((worker) => worker.terminate()));
  return results;
}

describe('a group of threads', () => {
  test('adds up in the order of the ranks, to the same bits everywhere', async () => {
    const sums = await onThreads(
      3,
      `const values = Float64Array.of(reducer.rank, [1e16, 1, -1e16][reducer.rank]);
       reducer.allReduceSum(values);
       return [...values];`,
    );
    // 1e16 + 1 is 1e16 in float64: another order would give 1.
    expect(sums).toEqual([
      [3, 0],
      [3, 0],
      [3, 0],
    ]);
  });

  test('gathers lists of different lengths, also empty ones and ones longer than its memory', async () => {
    const lengths = [0, 3, 10_000];
    const gathered = await onThreads(
      3,
      `const values = new Float64Array([0, 3, 10000][reducer.rank]).map((_, i) => i + reducer.rank / 10);
       return reducer.allGather(values).map((part) => [part.length, part.at(-1)]);`,
    );
    for (const parts of gathered) {
      expect(parts).toEqual(
        lengths.map((length, rank) => [length, length ? length - 1 + rank / 10 : undefined]),
      );
    }
  });

  test('meets thousands of times, each member at a pace of its own', async () => {
    const results = await onThreads(
      2,
      `let value = reducer.rank + 1;
       for (let i = 0; i < 5000; i++) {
         const values = new Float64Array(1 + (i % 3) * 3000).fill(value);
         reducer.allReduceSum(values);
         if (values.some((sum) => sum !== values[0])) return 'torn in call ' + i;
         value = values[0] / 2 + (reducer.rank ? 1 : -1);
       }
       return value - (reducer.rank ? 1 : -1);`,
    );
    expect(results).toEqual([1.5, 1.5]);
  });

  test('tells every member that they make different calls, and goes on', async () => {
    const results = await onThreads(
      2,
      `const messages = [];
       const attempt = (call) => { try { call(); } catch (error) { messages.push(error.message); } };
       attempt(() => reducer.rank ? reducer.allGather(new Float64Array(1)) : reducer.allReduceSum(new Float64Array(1)));
       attempt(() => reducer.allReduceSum(new Float64Array(1 + reducer.rank)));
       const values = Float64Array.of(1);
       reducer.allReduceSum(values);
       return [...messages, values[0]];`,
    );
    const calls = 'the members of the group make different calls: rank 0: allReduceSum of 1 values; rank 1:';
    expect(results).toEqual([
      [`allReduceSum: ${calls} allGather`, `allReduceSum: ${calls} allReduceSum of 2 values`, 2],
      [`allGather: ${calls} allGather`, `allReduceSum: ${calls} allReduceSum of 2 values`, 2],
    ]);
  });

  test('ends for all members where one does not come', async () => {
    const results = await onThreads(
      3,
      `reducer.allGather(new Float64Array(1));
       if (reducer.rank === 1) return 'gone';
       reducer.allGather(new Float64Array(1));`,
      3000,
    );
    expect(results[1]).toBe('gone');
    const errors = [results[0], results[2]] as string[];
    for (const error of errors) expect(error).toMatch(/^ReducerError: allGather: /);
    expect(errors.join()).toMatch(
      /rank [02] has waited 3000 ms for rank 1; every member must make the same calls/,
    );
  });
});

describe('a thread reducer', () => {
  test('knows its rank and size', () => {
    const memory = threadGroupMemory(3);
    const { rank, size } = threadReducer(memory, 2);
    expect([rank, size]).toEqual([2, 3]);
  });

  test.each([
    ['a size of 0', () => threadGroupMemory(0), 'threadGroupMemory: size must be a positive integer, got 0'],
    [
      'another memory',
      () => threadReducer(new SharedArrayBuffer(64), 0),
      'memory must be one that threadGroupMemory',
    ],
    [
      'a small memory',
      () => threadReducer(new SharedArrayBuffer(3), 0),
      'memory must be one that threadGroupMemory',
    ],
    ['no memory', () => threadReducer(undefined as never, 0), 'memory must be one that threadGroupMemory'],
    ['a rank too large', () => threadReducer(threadGroupMemory(2), 2), 'rank must be from 0 to 1, got 2'],
    [
      'no rank',
      () => threadReducer(threadGroupMemory(2), undefined as never),
      'rank must be from 0 to 1, got undefined',
    ],
    [
      'a bad timeout',
      () => threadReducer(threadGroupMemory(1), 0, { timeout: 0 }),
      'timeout must be a positive number',
    ],
    [
      'an unknown option',
      () => threadReducer(threadGroupMemory(1), 0, { wait: 1 } as never),
      "unknown option 'wait'",
    ],
  ])('refuses %s', (_, call, message) => {
    const error = refusalOf(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toContain(message);
  });

  test('refuses a rank that is taken', () => {
    const memory = threadGroupMemory(2);
    threadReducer(memory, 1);
    expect(refusalOf(() => threadReducer(memory, 1)).message).toContain(
      'rank 1 of this memory is taken already',
    );
  });
});
