/** Starts what is measured: ranks of src/member, and PyTorch's processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mpirunCommand } from '@bn/mpi';
import type { Hosts } from '@bn/tooling/hosts';
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import { MeasurementError } from '../errors.js';
import { type Job, variables } from '../member/job.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const member = { program: process.execPath, parameters: [here('../../dist/member/main.js')] };

type Environment = Readonly<Record<string, string>>;

/** Several times what the longest measurement takes: processes that are not done by then hang. */
const longestMilliseconds = 180_000;

/** What rank 0 measures of `job` in a group; if hosts are given, on as many of them as there are ranks. */
export function measureGroup<T>(ranks: number, job: Job, hosts: Hosts | undefined): Promise<T> {
  const names = hosts?.names.slice(0, ranks);
  const started = mpirunCommand(member, { processes: ranks, ...(names && { hosts: names }) });
  return measured<T>(job, (env) => {
    // Open MPI hands variables of the environment to processes on this host only.
    const all = { ...hosts?.env, ...env };
    const handed = Object.keys(all).flatMap((name) => ['-x', name]);
    const whole = { ...started, parameters: [...handed, ...started.parameters] };
    const { program, parameters } = hosts ? hosts.on(names![0]!, whole) : whole;
    return finish(program, parameters, all);
  });
}

/** What processes that know nothing of each other measure of `job` at the same time. */
export const measureApart = <T>(processes: number, job: Job): Promise<T[]> =>
  atTheSameTime(processes, (_, signal) =>
    measured<T>(job, (env) => finish(member.program, member.parameters, env, signal)),
  );

/** Starts work by its number, from 0; if some of it fails, the signal ends the rest. */
async function atTheSameTime<T>(
  count: number,
  start: (number: number, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const controller = new AbortController();
  const all = Array.from({ length: count }, (_, number) => start(number, controller.signal));
  try {
    return await Promise.all(all);
  } catch (error) {
    controller.abort();
    await Promise.allSettled(all);
    throw error;
  }
}

async function measured<T>(job: Job, run: (env: Environment) => Promise<string>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bn-scale-'));
  try {
    const file = join(folder, 'result.json');
    await run({ [variables.job]: JSON.stringify(job), [variables.result]: file });
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface TorchJob {
  readonly images: number;
  readonly seconds: number;
  readonly threads: number;
  /** Whether batch norms become SyncBatchNorm. Default false. */
  readonly synchronize?: boolean;
}

/** A step in milliseconds, or why PyTorch refuses. */
export interface TorchResult {
  readonly version: string;
  readonly step?: number;
  readonly refusal?: string;
}

/** What rank 0 of PyTorch's processes measures; see scripts/ddp.py. */
export async function measureTorch(processes: number, job: TorchJob): Promise<TorchResult> {
  const { images, seconds, threads, synchronize = false } = job;
  const env = {
    PYTHONPATH: here('../../../lenet/scripts'),
    WORLD_SIZE: String(processes),
    MASTER_ADDR: '127.0.0.1',
    MASTER_PORT: String(await freePort()),
    // An allocator that keeps its pages, as PyTorch's tuning guide advises; the loader goes on without it if it is missing.
    LD_PRELOAD: 'libjemalloc.so.2',
    MALLOC_CONF: 'oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1',
  };
  const parameters = ['-B', here('../../scripts/ddp.py'), ...[images, seconds, threads].map(String)];
  if (synchronize) parameters.push('synchronize');
  const python = pythonWithTorch();
  if (python === undefined) throw new MeasurementError(noTorch);
  const [output] = await atTheSameTime(processes, (rank, signal) =>
    finish(python, parameters, { ...env, RANK: String(rank) }, signal),
  );
  return JSON.parse(output!) as TorchResult;
}

/** A TCP port that is free now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * What a program prints. It ends with this process, and at the signal.
 *
 * @throws MeasurementError if it cannot be started, takes too long, or ends with another exit code than 0, with what it has written to
 * stderr; AbortError at the signal
 */
function finish(
  program: string,
  parameters: readonly string[],
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  const child: ChildProcess = spawn(program, parameters, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMilliseconds,
    ...(signal && { signal }),
  });
  const kill = () => child.kill();
  process.once('exit', kill);
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (text: Buffer) => {
    stdout += text;
  });
  child.stderr!.on('data', (text: Buffer) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      reject(error.name === 'AbortError' ? error : new MeasurementError(error.message, { cause: error }));
    });
    child.on('close', (code, endedBy) => {
      process.off('exit', kill);
      const how = code === null ? `was ended by ${endedBy}` : `ended with exit code ${code}`;
      if (code === 0) resolve(stdout);
      else reject(new MeasurementError(`${program} ${how}: ${stderr}`));
    });
  });
}
