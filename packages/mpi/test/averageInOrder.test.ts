/** How two members average, without a library. */
import { describe, expect, it } from 'vitest';
import { AverageInOrder } from '../src/group/averageInOrder.js';

/** What a member of two has after averaging with a partner that has `others`. */
function averaged(rank: number, own: readonly number[], others: readonly number[]): Float32Array {
  const unused = () => {
    throw new Error('two members need one message');
  };
  const messages: number[] = [];
  const mpi = {
    allToAll: unused,
    allGatherVariable: unused,
    sendReceive: (sent: Float32Array, received: Float32Array, partner: number) => {
      messages.push(sent.length);
      expect(partner).toBe(1 - rank);
      received.set(others);
    },
  };
  const values = Float32Array.from(own);
  new AverageInOrder({ mpi, rank, size: 2 } as never).average(values);
  expect(messages).toEqual([own.length]);
  return values;
}

describe('two members', () => {
  it('get the same bits: the mean in float64, rounded once', () => {
    const first = [1, 0.1, -0, 3e38, 1e-45, 1e8, Number.POSITIVE_INFINITY];
    const second = [2, 0.7, -0, 3e38, 0, 1, 1];
    const means = averaged(0, first, second);
    expect(means).toEqual(
      Float32Array.from(first, (value, i) => (0 + Math.fround(value) + Math.fround(second[i]!)) / 2),
    );
    expect(Object.is(means[2], 0)).toBe(true);
    expect(new Uint32Array(averaged(1, second, first).buffer)).toEqual(new Uint32Array(means.buffer));
  });
});
