import type { Reducer } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { inProcessGroup, inProcessOutcomes } from '../src/index.js';

const sum = (reducer: Reducer, ...values: number[]) => {
  const sums = Float64Array.from(values);
  reducer.allReduceSum(sums);
  return [...sums];
};

describe('a group in one thread', () => {
  test('adds up what its members contribute, in each of them', async () => {
    const sums = await inProcessGroup(3, (reducer) => sum(reducer, reducer.rank, 10 * reducer.rank));
    expect(sums).toEqual([
      [3, 30],
      [3, 30],
      [3, 30],
    ]);
  });

  test('gathers values of different lengths in the order of the ranks', async () => {
    const gathered = await inProcessGroup(3, (reducer) =>
      reducer.allGather(new Float64Array(reducer.rank).fill(reducer.rank)).map((values) => [...values]),
    );
    for (const parts of gathered) expect(parts).toEqual([[], [1], [2, 2]]);
  });

  test('lets a call depend on the results of those before it', async () => {
    const results = await inProcessGroup(4, async (reducer) => {
      let value = reducer.rank + 1;
      for (let i = 0; i < 5; i++) {
        value = sum(reducer, value)[0]! / 2 + reducer.rank;
        await Promise.resolve();
      }
      return value;
    });
    // The same by hand, all members side by side.
    let values = [1, 2, 3, 4];
    for (let i = 0; i < 5; i++) {
      const half = values.reduce((a, b) => a + b) / 2;
      values = values.map((_, rank) => half + rank);
    }
    expect(results).toEqual(values);
  });

  test('knows its members', async () => {
    const members = await inProcessGroup(2, ({ rank, size }) => [rank, size]);
    expect(members).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test('throws what a member throws', async () => {
    const failing = inProcessGroup(2, (reducer) => {
      sum(reducer, 1);
      throw new RangeError(`no more of rank ${reducer.rank}`);
    });
    await expect(failing).rejects.toThrow('no more of rank 0');
  });

  test('gives the error of each member', async () => {
    const outcomes = await inProcessOutcomes(2, ({ rank }) => {
      if (rank === 1) throw new RangeError('rank 1');
      return 'fine';
    });
    expect(outcomes).toEqual([{ value: 'fine' }, { error: new RangeError('rank 1') }]);
  });

  test('refuses a call that not all of its members make', async () => {
    const waiting = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 0) sum(reducer, 1, 2);
    });
    await expect(waiting).rejects.toThrow(
      'do not meet in call 0: rank 0: allReduceSum of 2 values; rank 1: returned',
    );
  });

  test('tells why a member does not come', async () => {
    const waiting = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 1) throw new RangeError('out of range');
      reducer.allGather(new Float64Array(1));
    });
    await expect(waiting).rejects.toThrow('rank 0: allGather; rank 1: threw RangeError: out of range');
  });

  test('refuses sums of different lengths, and different calls', async () => {
    const lengths = inProcessGroup(2, (reducer) =>
      sum(reducer, ...new Array<number>(1 + reducer.rank).fill(1)),
    );
    await expect(lengths).rejects.toThrow(
      'rank 0: allReduceSum of 1 values; rank 1: allReduceSum of 2 values',
    );
    const kinds = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 0) sum(reducer, 1);
      else reducer.allGather(new Float64Array(1));
    });
    await expect(kinds).rejects.toThrow('rank 0: allReduceSum of 1 values; rank 1: allGather');
  });

  test('stops a member at a call that others have yet to make, and goes on when they have', async () => {
    const runs = [0, 0];
    const answered = [0, 0];
    const results = await inProcessGroup(2, (reducer) => {
      runs[reducer.rank]! += 1;
      return [1, 2, 3].map((value) => {
        const sums = sum(reducer, value);
        answered[reducer.rank]! += 1;
        return sums[0];
      });
    });
    expect(results).toEqual([
      [2, 4, 6],
      [2, 4, 6],
    ]);
    // Each finds the next call of the other already made, but rank 0 the first.
    expect(runs).toEqual([3, 2]);
    expect(answered).toEqual([0 + 2 + 3, 1 + 3]);
  });

  test('frees what a stopped run has made', async () => {
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    await inProcessGroup(2, (reducer) => {
      const [tensor, variable] = [tf.scalar(1), tf.variable(tf.scalar(2))];
      sum(reducer, 1);
      tf.dispose([tensor, variable]);
    });
    // The members that end leave what tf.variable takes its values from.
    expect(tf.memory().numTensors - before).toBe(2);
  });

  test('frees what a run has saved for a gradient that it was stopped in', async () => {
    await tf.setBackend('cpu');
    const stopping = (reducer: Reducer) =>
      tf.customGrad((x, save) => {
        (save as tf.GradSaveFunc)([x as tf.Tensor]);
        const gradFunc = (dy: tf.Tensor) => tf.mul(dy, sum(reducer, 1)[0]!);
        return { value: tf.square(x as tf.Tensor), gradFunc };
      });
    const before = tf.memory().numTensors;
    const gradients = await inProcessGroup(2, (reducer) =>
      tf.tidy(
        () =>
          tf
            .grad((x: tf.Tensor) => stopping(reducer)(tf.exp(x)))(tf.scalar(0))
            .dataSync()[0],
      ),
    );
    expect(gradients).toEqual([2, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('gives no answer to a member that catches what stops it', async () => {
    const results = await inProcessGroup(2, (reducer) => {
      try {
        return sum(reducer, 1);
      } catch {
        return sum(reducer, 5);
      }
    });
    expect(results).toEqual([[2], [2]]);
  });

  test('refuses a member that does not do the same when it runs again', async () => {
    const wanted = /rank 0 has made other calls when it ran again; a member must do the same each time/;
    const random = inProcessGroup(2, (reducer) => sum(reducer, Math.random()));
    await expect(random).rejects.toThrow(wanted);
    let runs = 0;
    const shorter = inProcessGroup(2, (reducer) => {
      if (reducer.rank === 1 || runs++ === 0) sum(reducer, 1);
    });
    await expect(shorter).rejects.toThrow(wanted);
  });
});
