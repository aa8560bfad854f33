/** What `train` does beyond one process's work if it is one of several: all must mean the same run. */
import { availableParallelism, hostname } from 'node:os';
import type { Threads } from '@bn/backends';
import type { MpiGroup } from '@bn/mpi';
import type { LoadedDataset } from '../dataset/resolve.js';
import { OptionError } from '../errors.js';
import { startBackend } from '../run/backend.js';
import type { RunConfiguration, RunOptions } from '../run/configuration.js';
import { followRun, shareRun } from '../run/followRun.js';
import { agree } from '../run/processes.js';
import { gatherBytes, together } from '../training/group.js';
import { settingsIn } from '../training/settings.js';
import { type DataOptions, loadData } from './data.js';
import type { PreparedRun } from './preparedRun.js';

interface GroupOptions extends DataOptions, RunOptions {
  readonly resume?: string;
  readonly threads?: Threads | undefined;
}

/**
 * @throws OptionError for several processes on a backend that cannot wait for the others in the middle of a step, or if some would
 * never get an image.
 */
export function checkGroup(
  { backend, batchSize }: Pick<RunConfiguration, 'backend' | 'batchSize'>,
  processes: number,
): void {
  if (processes === 1) return;
  if (backend === 'webgpu') {
    throw new OptionError(
      `--backend webgpu trains in one process, got ${processes}: in Node it cannot wait for the others within a step; take ` +
        '--backend wasm, or leave out --processes',
    );
  }
  if (processes > batchSize) {
    throw new OptionError(
      `${processes} processes cannot share batches of ${batchSize} images (--batch-size): take at most as many processes as images`,
    );
  }
}

/** @throws OptionError, on every member, if they were started with different options. */
export function agreeOnOptions(group: MpiGroup, options: GroupOptions): void {
  const { norm, placement, backend, resume } = options;
  agree(group, { norm, placement, ...settingsIn(options), backend, resume: resume !== undefined });
}

/** Threads of this process: those on one machine share its cores. */
export function threadsOf(group: MpiGroup, threads: Threads | undefined): Threads | undefined {
  if (group.size === 1) return threads;
  const own = hostname();
  const hosts = gatherBytes(group, new TextEncoder().encode(own)).map((bytes) =>
    new TextDecoder().decode(bytes),
  );
  if (threads !== 'auto') return threads;
  return Math.max(1, Math.floor(availableParallelism() / hosts.filter((host) => host === own).length));
}

/**
 * Rank 0 tells the others which run it is.
 *
 * @throws OptionError, on every member, if they have other images, or the run is not for so many processes
 */
export async function leadGroup(group: MpiGroup, run: PreparedRun): Promise<void> {
  if (group.size === 1) return;
  shareRun(group, run);
  await together(group, () => checkGroup(run.configuration, group.size));
  agreeOnData(group, run.dataset);
}

/** What the others do: they wait until rank 0 has prepared the run, load its data, wait for its folder, and train along. */
export async function followFirst(
  options: GroupOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
  group: MpiGroup,
): Promise<void> {
  await together(group, () => {});
  const run = shareRun(group, undefined);
  const { dataset: data, backend } = run.configuration;
  const choice = data.name === 'custom' ? data.path : data.name;
  const dataset = await together(group, async () => {
    await startBackend(backend, options.threads);
    const place = given.has('dataset') && options.dataset !== 'auto' ? options.dataset : choice;
    return loadData({ ...options, dataset: place, quiet: true }, signal);
  });
  agreeOnData(group, dataset);
  await together(group, () => {});
  await followRun(run, dataset, signal, group);
}

const agreeOnData = (group: MpiGroup, { sha256 }: LoadedDataset): void =>
  agree(group, { 'SHA-256 of all images and labels': sha256 });
