/** What the members of a group compute together, over the MPI of this machine. */
import { describe, expect, it } from 'vitest';
import { missingMpi, reason, runGroup } from './support.js';

const tolerance = { losses: 1e-5, weights: 1e-5, running: 1e-6 } as const;

interface Trained {
  readonly losses: number[];
  readonly weights: number[];
  readonly running: number[];
}

const largestDifference = (left: readonly number[], right: readonly number[]): number =>
  Math.max(...left.map((value, index) => Math.abs(value - right[index]!)));

describe.skipIf(missingMpi)(`a group of processes${reason}`, () => {
  describe.each([1, 2, 3, 4])('of %i', (size) => {
    // tfjs's backend 'cpu' keeps the arrays that tensors are made of, 'wasm' copies them.
    it.each(['cpu', 'wasm'])(
      'computes sums, means and copies that are the same on every member on %s',
      async (backend) => {
        const { exitCode, members, stderr } = await runGroup(size, 'collectives.mjs', String(size), backend);
        expect(exitCode, stderr).toBe(0);
        expect(members.map(({ rank }) => rank)).toEqual(Array.from({ length: size }, (_, rank) => rank));
        const ranks = members.map((_, rank) => rank);
        const [first] = members;
        for (const { rank: _, shard: __, ...others } of members) {
          const { rank: ___, shard: ____, ...expected } = first!;
          expect(others).toEqual(expected);
        }
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        const mean = (of: (rank: number) => number) =>
          Math.fround(sum(ranks.map((rank) => Math.fround(of(rank)))) / size);
        expect(first!.sums).toEqual([1e16 * size, size, -1e16 * size, sum(ranks.map((rank) => rank / 3))]);
        expect(first!.long).toEqual(
          Array.from({ length: 2000 }, (_, index) => sum(ranks.map((rank) => index / (rank + 1)))),
        );
        expect(first!.lengths).toEqual(ranks.map((rank) => [700 * rank, rank === 0 ? null : rank]));
        expect(first!.averages).toEqual([
          ['kernel', [2, 3], Array(6).fill(mean((rank) => rank))],
          ['bias', [3], [mean((rank) => rank * 0.1), 1, Math.fround(1e-20)]],
          ['none', [0], []],
        ]);
        expect(first!.broadcast).toEqual([
          Array(3).fill(size - 0.5),
          Array(4).fill(size - 1),
          [size === 2 ? 1 : 0],
        ]);
        const shards = members.map(({ shard }) => shard as [number, number]);
        expect(shards[0]![0]).toBe(0);
        expect(shards.at(-1)![1]).toBe(10);
        for (let rank = 1; rank < size; rank++) expect(shards[rank]![0]).toBe(shards[rank - 1]![1]);
        const sizes = shards.map(([start, end]) => end - start);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      },
    );

    it.each([
      ['equal or nearly equal shards', '12'],
      ['a shard without rows, if there are four', '3'],
    ])('trains as one process on the whole batch with %s', async (_, rows) => {
      const { exitCode, members, stderr } = await runGroup(size, 'training.mjs', rows);
      expect(exitCode, stderr).toBe(0);
      const shards = members.map(({ shard }) => shard as Trained);
      const whole = members[0]!.whole as Trained;
      for (const { weights, running } of shards) {
        expect(weights).toEqual(shards[0]!.weights);
        expect(running).toEqual(shards[0]!.running);
      }
      const losses = whole.losses.map(
        (_loss, step) => shards.reduce((sum, shard) => sum + shard.losses[step]!, 0) / size,
      );
      expect(largestDifference(whole.losses, losses)).toBeLessThan(tolerance.losses);
      expect(largestDifference(whole.weights, shards[0]!.weights)).toBeLessThan(tolerance.weights);
      expect(largestDifference(whole.running, shards[0]!.running)).toBeLessThan(tolerance.running);
    });
  });

  it.each([
    ['cpu', '1'],
    ['wasm', '1'],
    ['wasm', '2'],
  ])('has batch norm, masked too, and its gradients of the whole batch on %s, threads: %s', async (...on) => {
    const { exitCode, stderr } = await runGroup(3, 'shards.mjs', ...on);
    expect(exitCode, stderr).toBe(0);
  });

  it.each([
    [1, 'cpu', '1', 'momentum'],
    [4, 'cpu', '1', 'momentum'],
    [2, 'wasm', '1', 'adam'],
    [2, 'wasm', '2', 'adam'],
  ] as const)(
    'of %i trains a model of tf.layers as one process does on %s, threads: %s, by %s',
    async (...run) => {
      const [size, ...parameters] = run;
      const { exitCode, members, stderr } = await runGroup(size, 'fit.mjs', ...parameters);
      expect(exitCode, stderr).toBe(0);
      const weights = members.map(({ shard }) => shard as number[]);
      for (const own of weights) expect(own).toEqual(weights[0]);
      expect(largestDifference(members[0]!.whole as number[], weights[0]!)).toBeLessThan(tolerance.weights);
    },
  );
});
