/**
 * `--processes`: starts the same command line on several processes by mpirun, and waits for them.
 *
 * The processes live as long as this one: rank 0 reads its standard input, a pipe from here through mpirun, and whatever closes it,
 * Ctrl-C or the end of this process, tells it to stop as Ctrl-C does.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, mpirunCommand } from '@bn/mpi';
import { plural } from '../counts.js';
import { GroupError, messageOf, OptionError, PrintedError } from '../errors.js';
import { waitUntilFree } from '../files/lock.js';
import { readTold, statusVariable } from '../run/status.js';

/** Longest wait for the end of rank 0, in milliseconds: it ends within a second of an mpirun that was killed. */
const patienceMilliseconds = 10_000;

/**
 * Starts this process's command line on so many processes; what they print is shown.
 *
 * @param standing what to say of the folder in which they have worked, if they have begun to, after they have ended before their time
 * @throws OptionError without mpirun, with what to install; PrintedError with the exit code of a group that has ended in order and
 * said why; GroupError of one that has not, after mpirun has said which process it was; the signal's reason if it was given before.
 */
export async function launch(
  processes: number,
  signal: AbortSignal,
  standing: (folder: string | undefined) => Promise<string>,
): Promise<void> {
  // A Ctrl-C while the program was loaded is not heard later.
  signal.throwIfAborted();
  const cores = availableParallelism();
  const command = commandFor(processes);
  if (processes > cores) {
    console.error(
      `note: ${processes} processes share ${plural(cores, 'core')}: the result is the same, but it takes longer`,
    );
  }
  const status = mkdtempSync(join(tmpdir(), 'bn-lenet-'));
  try {
    const ended = await run(command, status, signal);
    const told = readTold(status, 'exitCode');
    if (told === '0' && ended === 0) return;
    if (told !== undefined && ended === 0) throw new PrintedError(Number(told));
    const folder = readTold(status, 'folder');
    // Rank 0 may outlive its mpirun by a moment, and has the folder until then.
    if (folder !== undefined) await waitUntilFree(folder, patienceMilliseconds);
    throw new GroupError(
      `the ${processes} processes have ended before their time, mpirun by ${typeof ended === 'number' ? `exit code ${ended}` : ended}; ` +
        `the lines above say why. ${await standing(folder)}`,
    );
  } finally {
    rmSync(status, { recursive: true, force: true });
  }
}

function commandFor(processes: number): Command {
  const self = { program: process.execPath, parameters: [...process.execArgv, ...process.argv.slice(1)] };
  try {
    return mpirunCommand(self, { processes });
  } catch (error) {
    throw new OptionError(`--processes ${processes}: ${messageOf(error)}`, { cause: error });
  }
}

/** @returns mpirun's exit code, or the signal that has ended it */
function run(
  { program, parameters }: Command,
  status: string,
  signal: AbortSignal,
): Promise<number | NodeJS.Signals> {
  const child = spawn(program, parameters, {
    stdio: ['pipe', 'inherit', 'inherit'],
    // Away from the terminal's Ctrl-C, at which mpirun would kill all processes after a second.
    detached: true,
    env: { ...process.env, [statusVariable]: status },
  });
  const stop = () => child.stdin.end();
  const kill = () => child.kill('SIGTERM');
  child.stdin.on('error', () => {});
  signal.addEventListener('abort', stop);
  process.on('exit', kill);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, endedBy) => {
      signal.removeEventListener('abort', stop);
      process.off('exit', kill);
      resolve(code ?? endedBy!);
    });
  });
}
