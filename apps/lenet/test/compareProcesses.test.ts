/** `compare` on several processes: by --processes, and by an mpirun that the user calls. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { missingMpi, mpirun, reason } from './mpi.js';
import { folderWithImages, lenet } from './support.js';

interface Row {
  readonly name: string;
  readonly outcome: string;
  readonly losses: readonly number[];
}

/** The rows of a comparison's results.csv. */
async function rowsOf(comparison: string): Promise<Row[]> {
  const [header, ...lines] = (await readFile(join(comparison, 'results.csv'), 'utf8')).trimEnd().split('\n');
  const columns = header!.split(',');
  return lines.map((line) => {
    const values = line.split(',');
    const of = (column: string) => values[columns.indexOf(column)]!;
    const losses = ['trainLoss', 'testLoss'].map(of).filter((text) => text !== '');
    return {
      name: `${of('norm')} ${of('learningRate')}`,
      outcome: of('outcome'),
      losses: losses.map(Number),
    };
  });
}

test.skipIf(missingMpi)(
  `compare on two processes has the results of one, also if it was interrupted${reason}`,
  {
    timeout: 240_000,
  },
  async () => {
    const folder = await folderWithImages();
    const compare = (name: string) => [
      ...['compare', '--dataset', folder, '--out', folder, '--run-name', name, '--epochs', '2'],
      ...['--norms', 'batch', '--batch-sizes', '50', '--learning-rates', '0.1,1e38,0.05'],
    ];
    const stopped = await lenet([...compare('two'), '--processes', '2'], {
      cwd: folder,
      interruptAt: 'batch-before-b50-lr0.1-s0: finished',
    });
    expect(stopped.stdout).toMatch(
      /^3 runs of 2 epochs on custom Fashion-MNIST, each on 2 processes; .*two$/m,
    );
    expect(stopped.stderr).toMatch(/^Interrupted: the same command resumes what is left in .*two\.$/m);
    expect(stopped.stderr).not.toContain('error');
    expect(stopped.code).toBe(130);
    const again = await lenet(compare('two'), { cwd: folder, launcher: mpirun(2) });
    expect(again.stderr).not.toContain('error');
    expect(again.code).toBe(0);
    expect(again.stdout.match(/^1 of them are finished already$/gm)).toHaveLength(1);
    expect(again.stdout).toMatch(/^batch-before-b50-lr1e\+38-s0: diverged: the loss is no longer finite/m);
    await lenet(compare('one'), { cwd: folder });
    const [got, wanted] = [await rowsOf(join(folder, 'two')), await rowsOf(join(folder, 'one'))];
    expect(wanted.map(({ outcome }) => outcome)).toEqual(['finished', 'diverged', 'finished']);
    expect(got).toEqual(
      wanted.map(({ losses, ...row }) => ({
        ...row,
        losses: losses.map((loss) => expect.closeTo(loss, 4) as number),
      })),
    );
    const filesIn = async (name: string) =>
      (await readdir(join(folder, name, 'runs', 'batch-before-b50-lr0.1-s0'))).sort();
    expect(await filesIn('two')).toEqual(await filesIn('one'));
  },
);
