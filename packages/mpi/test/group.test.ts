/** What the members of a group compute together, over the MPI of this machine. */
import { beforeAll, describe, expect, it } from 'vitest';
import { missingMpi, type RunOfCases, reason, runCases } from './support.js';

const tolerance = { losses: 1e-5, weights: 1e-5, running: 1e-6 } as const;

interface Trained {
  readonly losses: number[];
  readonly weights: number[];
  readonly running: number[];
}

const largestDifference = (left: readonly number[], right: readonly number[]): number =>
  Math.max(...left.map((value, index) => Math.abs(value - right[index]!)));

// tfjs's backend 'cpu' keeps the arrays that tensors are made of, 'wasm' copies them.
const collectives = ['collectives:cpu:1', 'collectives:wasm:1'];
// 12 rows are equal or nearly equal shards; of 3, one of four members has none.
const training = ['training:cpu:1:12', 'training:cpu:1:3'];

/** To start processes takes longer than a case: all cases of a size are one group's. */
const groups: readonly { size: number; shards: readonly string[]; fits: readonly string[] }[] = [
  { size: 1, shards: [], fits: ['fit:cpu:1:momentum'] },
  { size: 2, shards: [], fits: ['fit:wasm:1:adam', 'fit:wasm:2:adam'] },
  { size: 3, shards: ['shards:cpu:1', 'shards:wasm:1', 'shards:wasm:2'], fits: [] },
  { size: 4, shards: [], fits: ['fit:cpu:1:momentum'] },
];

describe.skipIf(missingMpi)(`a group of processes${reason}`, () => {
  describe.each(groups)('of $size', ({ size, shards, fits }) => {
    const cases = [...collectives, ...training, ...shards, ...fits];
    let run: RunOfCases;
    beforeAll(async () => {
      run = await runCases(size, cases);
    });

    it('computes all of this one after the other, and ends', () => {
      const { exitCode, stderr, members } = run.together;
      expect(exitCode, stderr).toBe(0);
      expect(members.map(({ rank }) => rank)).toEqual(Array.from({ length: size }, (_, rank) => rank));
    });

    it.each(collectives)('computes sums, means and copies that are the same on every member: %s', (name) => {
      const results = run.of(name).told as Record<string, unknown>[];
      const [first] = results;
      for (const { shard: _, ...others } of results) {
        const { shard: __, ...expected } = first!;
        expect(others).toEqual(expected);
      }
      const ranks = results.map((_, rank) => rank);
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
      const parts = results.map(({ shard }) => shard as [number, number]);
      expect(parts[0]![0]).toBe(0);
      expect(parts.at(-1)![1]).toBe(10);
      for (let rank = 1; rank < size; rank++) expect(parts[rank]![0]).toBe(parts[rank - 1]![1]);
      const sizes = parts.map(([start, end]) => end - start);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    });

    it.each(training)('trains as one process on the whole batch: %s', (name) => {
      const { told, whole } = run.of(name) as { told: Trained[]; whole: Trained };
      for (const { weights, running } of told) {
        expect(weights).toEqual(told[0]!.weights);
        expect(running).toEqual(told[0]!.running);
      }
      const losses = whole.losses.map(
        (_loss, step) => told.reduce((sum, part) => sum + part.losses[step]!, 0) / size,
      );
      expect(largestDifference(whole.losses, losses)).toBeLessThan(tolerance.losses);
      expect(largestDifference(whole.weights, told[0]!.weights)).toBeLessThan(tolerance.weights);
      expect(largestDifference(whole.running, told[0]!.running)).toBeLessThan(tolerance.running);
    });

    it.each(shards)('has batch norm, masked too, and its gradients of the whole batch: %s', (name) => {
      expect(run.of(name).told).toEqual(Array(size).fill('right'));
    });

    it.each(fits)('trains a model of tf.layers as one process does: %s', (name) => {
      const { told, whole } = run.of(name) as { told: number[][]; whole: number[] };
      for (const weights of told) expect(weights).toEqual(told[0]);
      expect(largestDifference(whole, told[0]!)).toBeLessThan(tolerance.weights);
    });
  });
});
