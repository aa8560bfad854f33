/** What commands do beyond one process's work if it is one of several: all must mean the same run. */
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

/** The host of each member, in the order of the ranks. */
export const hostsOf = (group: MpiGroup): string[] =>
  gatherBytes(group, new TextEncoder().encode(hostname())).map((bytes) => new TextDecoder().decode(bytes));

/** Threads of this process: those on one host share its cores. */
export function threadsOf<Choice extends Threads | undefined>(
  hosts: readonly string[],
  threads: Choice,
): Choice | number {
  const own = hostname();
  const here = hosts.filter((host) => host === own).length;
  if (threads !== 'auto' || here === 1) return threads;
  return Math.max(1, Math.floor(availableParallelism() / here));
}

/** For example ", on 3 processes: rank 0 on first, ranks 1 and 2 on second": mpirun names a host that has vanished, not its ranks. */
export function groupText(hosts: readonly string[]): string {
  if (hosts.length === 1) return '';
  const ranks = new Map<string, number[]>();
  for (const [rank, host] of hosts.entries()) ranks.set(host, [...(ranks.get(host) ?? []), rank]);
  const places = [...ranks].map(
    ([host, on]) => `${on.length === 1 ? 'rank' : 'ranks'} ${list(on)} on ${host}`,
  );
  return `, on ${hosts.length} processes${ranks.size === 1 ? '' : `: ${places.join(', ')}`}`;
}

/** For example "1, 2 and 3". */
const list = (numbers: readonly number[]): string =>
  [numbers.slice(0, -1).join(', '), numbers.at(-1)].filter((part) => part !== '').join(' and ');

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
  const dataset = await together(group, async () => {
    await startBackend(backend, options.threads);
    return loadSame(data, options, given, signal);
  });
  agreeOnData(group, dataset);
  await together(group, () => {});
  await followRun(run, dataset, signal, group);
}

/** Loads the images that rank 0 has, from where this process is told that they are, or else from where rank 0 has them. */
export function loadSame(
  { name, path }: Pick<RunConfiguration['dataset'], 'name' | 'path'>,
  options: DataOptions,
  given: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<LoadedDataset> {
  const isTold = given.has('dataset') && options.dataset !== 'auto';
  const dataset = isTold ? options.dataset : name === 'custom' ? path : name;
  return loadData({ ...options, dataset, quiet: true }, signal);
}

/** @throws OptionError, on every member, if they have different images. */
export const agreeOnData = (group: MpiGroup, { sha256 }: LoadedDataset): void =>
  agree(group, { 'SHA-256 of all images and labels': sha256 });
