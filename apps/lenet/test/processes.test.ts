/** `train` on several processes: by --processes, and by an mpirun that the user calls. */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { direct } from '@bn/tooling/disks';
import { survivors } from '@bn/tooling/processes';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { describe, expect, onTestFinished, test } from 'vitest';
import { childrenOf, missingMpi, mpirun, reason } from './mpi.js';
import {
  folderWithImages,
  LenetProcess,
  lenet,
  outcomesOf,
  stateIn,
  trainIn,
  writeFirstImages,
} from './support.js';

/** Processes share two cores with other tests. */
const patient = { timeout: 240_000 };

const parameters = (folder: string, name: string, ...more: string[]) =>
  trainIn(folder, name, '--learning-rate', '0.1', ...more);

/** Losses of epochs, which are averages over their steps, and of their evaluations. */
const lossesOf = async (run: string): Promise<number[]> =>
  (await outcomesOf(run)).flatMap((outcome) => {
    const { trainLoss, testLoss } = outcome as { readonly trainLoss: number; readonly testLoss: number };
    return [trainLoss, testLoss];
  });

/** A training that would take for ever, with its first epoch behind it, and the ids of its processes. */
async function longTraining(folder: string, processes: number) {
  const endless = ['--epochs', '100000', '--processes', String(processes)];
  const training = new LenetProcess(parameters(folder, 'endless', ...endless), folder);
  onTestFinished(() => void training.kill('SIGKILL'));
  await training.prints('epoch 2/');
  const [launcher] = childrenOf(training.pid);
  const ranks = childrenOf(launcher!);
  expect(ranks, training.stderr).toHaveLength(processes);
  return { training, launcher: launcher!, ranks, run: join(folder, 'endless') };
}

/** What is said of the checkpoint of a run that takes for ever: a slow machine saves within an epoch, too. */
const standing = (epoch: number, processes: number): RegExp =>
  new RegExp(
    `endless/checkpoint[.]safetensors holds ${epoch - 1} of 100000 epochs( and \\d+ images of epoch ${epoch})?; ` +
      `to resume: .* train --resume .*/endless --processes ${processes}$`,
    'm',
  );

describe.skipIf(missingMpi)(`train --processes${reason}`, () => {
  test('leaves the run of one process, which goes on in any number of processes', patient, async () => {
    const folder = await folderWithImages();
    const run = async (name: string, epochs: string, ...more: string[]) => {
      const options = parameters(folder, name, '--epochs', epochs, ...more);
      const { code, stdout, stderr } = await lenet(options, { cwd: folder });
      expect(stderr).not.toContain('error');
      expect(code).toBe(0);
      return stdout;
    };
    await run('one', '3');
    const stdout = await run('two', '2', '--processes', '2');
    expect(stdout.match(/^LeNet with norm batch .* test images; .*two, on 2 processes$/gm)).toHaveLength(1);
    expect(stdout.match(/^epoch \d/gm)).toHaveLength(2);
    expect(stdout.match(/^wrote .*two$/gm)).toHaveLength(1);
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    expect((await readdir(two)).sort()).toEqual((await readdir(one)).sort());
    const configurationOf = async (path: string) => {
      const { startedAt: _, ...others } = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
      return others;
    };
    expect(await configurationOf(two)).toEqual({ ...(await configurationOf(one)), epochs: 2 });
    await cp(two, join(folder, 'three'), { recursive: true });
    for (const [path, launcher, added] of [
      [two, direct, ''],
      [join(folder, 'three'), mpirun(3), ', on 3 processes'],
    ] as const) {
      const resumed = ['train', '--resume', path, '--epochs', '3'];
      const { code, stdout, stderr } = await lenet(resumed, { cwd: folder, launcher });
      expect(code, stderr).toBe(0);
      expect(stdout.split('\n').slice(0, 2)).toEqual([
        expect.stringMatching(new RegExp(`test images; ${path}${added}$`)),
        'resuming after 2 epochs',
      ]);
      const [got, wanted] = [await lossesOf(path), await lossesOf(one)];
      expect(got).toHaveLength(6);
      for (const [index, loss] of got.entries()) expect(loss).toBeCloseTo(wanted[index]!, 4);
    }
  });

  test('ends if a process is killed, says which, and leaves a checkpoint that goes on', patient, async () => {
    const folder = await folderWithImages();
    const { training, ranks, run } = await longTraining(folder, 3);
    process.kill(ranks[1]!, 'SIGKILL');
    const { code, stderr } = await training.finished;
    expect(await survivors(ranks)).toEqual([]);
    expect(stderr).toMatch(/rank 1 .* signal 9/s);
    const { position } = await stateIn(run);
    expect(stderr).toMatch(standing(position.epoch, 3));
    expect(code).toBe(1);
    const { position: later, history } = await resumedFor(run, folder, position.epoch + 1);
    expect(later.epoch).toBeGreaterThan(position.epoch);
    expect(history).toHaveLength(later.epoch - 1);
  });

  test('is interrupted by Ctrl-C and loses nothing', patient, async () => {
    const folder = await folderWithImages();
    const { training, launcher, ranks, run } = await longTraining(folder, 2);
    const { code, stderr } = await training.kill('SIGINT');
    expect(await survivors([launcher, ...ranks])).toEqual([]);
    expect(stderr).toMatch(/^Interrupted: .*checkpoint\.safetensors holds \d+ of 100000 epochs/m);
    expect(stderr).toMatch(new RegExp(`to resume: .* train --resume ${run} --processes 2$`, 'm'));
    expect(stderr).not.toContain('error');
    expect(code).toBe(130);
    const { position, history } = await stateIn(run);
    expect(history).toHaveLength(position.epoch - 1);
  });

  test('ends with the process that has started it', patient, async () => {
    const folder = await folderWithImages();
    const { training, launcher, ranks, run } = await longTraining(folder, 2);
    await training.kill('SIGKILL');
    expect(await survivors([launcher, ...ranks])).toEqual([]);
    const { position, history } = await stateIn(run);
    expect(history).toHaveLength(position.epoch - 1);
  });

  test('ends if mpirun is killed, and tells where the checkpoint stands', patient, async () => {
    const folder = await folderWithImages();
    const { training, launcher, ranks, run } = await longTraining(folder, 2);
    process.kill(launcher, 'SIGKILL');
    const { code, stderr } = await training.finished;
    expect(await survivors(ranks)).toEqual([]);
    const { position } = await stateIn(run);
    expect(stderr).toMatch(/error: the 2 processes have ended before their time, mpirun by SIGKILL/);
    expect(stderr).toMatch(standing(position.epoch, 2));
    expect(code).toBe(1);
  });

  test('prints an error once, as one process does', patient, async () => {
    const folder = await folderWithImages();
    const options = parameters(folder, 'mine', '--processes', '2', '--dataset', '/no/such/folder');
    const { code, stdout, stderr } = await lenet(options, { cwd: folder });
    expect(
      stderr.match(/^error: .*expected auto, full, mini or a folder, got '\/no\/such\/folder'/gm),
    ).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

/** Resumes a run in one process until it has printed an epoch, and stops it. */
async function resumedFor(run: string, folder: string, epoch: number) {
  const { code } = await lenet(['train', '--resume', run], { cwd: folder, interruptAt: `epoch ${epoch}/` });
  expect(code).toBe(130);
  return stateIn(run);
}

describe.skipIf(missingMpi)(`mpirun${reason}`, () => {
  test.each([
    [['train', '--processes', '3'], /error: --processes 3: mpirun has started 2; leave out one/],
    [
      ['train', '--norm', 'none', '--dataset', 'mini', '--batch-size', '1', '--out', 'runs'],
      /error: 2 processes cannot share batches of 1 images/,
    ],
    [['eval', '--checkpoint', 'x.safetensors'], /error: eval runs in one process, and mpirun has started 2/],
    [
      ['compare', '--jobs', '2'],
      /error: --jobs cannot be given for 2 processes: they train one run at a time/,
    ],
  ])('%j is refused once', patient, async (command, message) => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await lenet(command, { cwd: folder, launcher: mpirun(2) });
    expect(stderr.match(/^error: .*/gm)).toEqual([expect.stringMatching(message)]);
    expect(stdout).not.toContain('LeNet');
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not start processes of different versions, options or images', patient, async () => {
    const [folder, other] = [await folderWithImages(), await temporaryFolder()];
    await writeFirstImages(other, 300, 90);
    const images = await readdir(folder);
    const { command } = mpirun(1);
    const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
    const errorOf = async (first: string[], second: string[], ofNode: string[] = []) => {
      const options = parameters(folder, 'mine', ...first);
      const launcher = {
        command: [...command, process.execPath, ...ofNode, script, ...options, ':', '-n', '1'],
      };
      const { code, stderr } = await lenet(parameters(folder, 'mine', ...second), { cwd: folder, launcher });
      expect(code).toBe(2);
      // Nothing is left of a run that has not begun.
      expect(await readdir(folder)).toEqual(images);
      expect(stderr.match(/^error: /gm)).toHaveLength(1);
      expect(stderr).not.toContain('ends the group');
      return stderr;
    };
    const otherVersion = "data:text/javascript,Object.defineProperty(process,'version',{value:'v99'})";
    expect(await errorOf([], [], ['--import', otherVersion])).toMatch(
      /^error: .*Node is "v99" on rank 0 and "v\d+\.\d+\.\d+" on rank 1/m,
    );
    expect(await errorOf(['--seed', '1'], ['--seed', '2'])).toMatch(
      /^error: .*seed is 1 on rank 0 and 2 on rank 1/m,
    );
    expect(await errorOf([], ['--dataset', other])).toMatch(
      /^error: .*SHA-256 of all images and labels is "\w{64}" on rank 0 and "\w{64}" on rank 1/m,
    );
  });
});

describe('a machine without mpirun', () => {
  test('is told what to install', async () => {
    const folder = await folderWithImages();
    const launcher = { command: ['env', 'BN_MPIRUN=/nowhere/mpirun'] };
    const options = parameters(folder, 'mine', '--processes', '2');
    const { code, stdout, stderr } = await lenet(options, { cwd: folder, launcher });
    expect(stderr).toMatch(
      /^error: --processes 2: \/nowhere\/mpirun, .* was not found\. Install Open MPI \(.*openmpi-bin.*set BN_MPIRUN/,
    );
    expect(stderr).not.toContain('BN_MPI_LIBRARY');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
