/** The training loop over shards of its batches, beside one process and beside float64. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mpirunCommand } from '@bn/mpi';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, test } from 'vitest';
import { missingMpi, reason } from './mpi.js';

interface Outcome {
  readonly losses: readonly number[];
  readonly running: readonly number[];
  readonly sha256: string;
}

/** What a member of test/programs/trainShards.mjs tells. */
interface Told {
  readonly standard: Outcome & { readonly tested: readonly number[] };
  readonly uneven: Outcome & { readonly tested: readonly number[] };
  readonly steps: readonly Outcome[];
}

const goldenPath = new URL('../golden/lenet-float64.json', import.meta.url);
const golden: { readonly runs: readonly { readonly learningRate: number; readonly float64: number[] }[] } =
  JSON.parse(await readFile(goldenPath, 'utf8'));

/** Alone, or in a group. */
async function trainOn(processes: number): Promise<readonly Told[]> {
  const folder = await temporaryFolder();
  const script = fileURLToPath(new URL('programs/trainShards.mjs', import.meta.url));
  const command = { program: process.execPath, parameters: [script, folder] };
  const { program, parameters } = processes === 1 ? command : mpirunCommand(command, { processes });
  const child = spawn(program, parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text;
  });
  const [exitCode] = await once(child, 'close');
  expect(exitCode, stderr).toBe(0);
  const ranks = Array.from({ length: processes }, (_, rank) => rank);
  return Promise.all(
    ranks.map(async (rank) => JSON.parse(await readFile(join(folder, `${rank}.json`), 'utf8'))),
  );
}

const outcomesOf = ({ standard, uneven, steps }: Told): readonly Outcome[] => [standard, uneven, ...steps];

function farthest(left: readonly number[], right: readonly number[]): number {
  expect(left).toHaveLength(right.length);
  return Math.max(...left.map((value, index) => Math.abs(value - right[index]!)));
}

describe.skipIf(missingMpi)(`a group that shares its batches${reason}`, () => {
  test('of 2, 3 or 4 has the losses, running statistics and results of one process', {
    timeout: 480_000,
  }, async () => {
    const [one] = await trainOn(1);
    for (const processes of [2, 3, 4]) {
      const [first, ...others] = await trainOn(processes);
      for (const other of others) {
        expect(outcomesOf(other).map(({ sha256 }) => sha256)).toEqual(
          outcomesOf(first!).map(({ sha256 }) => sha256),
        );
      }
      expect(first!.standard.losses).toHaveLength(10);
      expect(farthest(first!.standard.losses, one!.standard.losses)).toBeLessThan(1e-5);
      expect(farthest(first!.standard.tested, one!.standard.tested)).toBeLessThan(1e-3);
      expect(farthest(first!.uneven.losses, one!.uneven.losses)).toBeLessThan(1e-5);
      const [fast, slow] = golden.runs.map(({ float64, learningRate }, run) => ({
        learningRate,
        group: farthest(first!.steps[run]!.losses, float64),
        one: farthest(one!.steps[run]!.losses, float64),
        apart: farthest(first!.steps[run]!.losses, one!.steps[run]!.losses),
      }));
      expect(slow!.learningRate).toBe(0.1);
      expect(slow!.apart).toBeLessThan(1e-5);
      expect(slow!.group).toBeLessThan(1e-5);
      expect(farthest(first!.steps[1]!.running, one!.steps[1]!.running)).toBeLessThan(1e-6);
      // At 0.9 each step makes what rounding has led astray larger; one process is no nearer to the truth.
      expect(fast!.learningRate).toBe(0.9);
      expect(fast!.group).toBeLessThan(3 * fast!.one);
      expect(fast!.group).toBeLessThan(2e-4);
    }
  });
});
