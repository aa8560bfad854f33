/** How a process joins its group. */
import { createRequire } from 'node:module';
import { OptionError } from '@bn/core';
import { version_core as tfjsVersion } from '@tensorflow/tfjs-core';
import { MpiError } from './errors.js';
import type { MpiGroup } from './group/group.js';
import { Members } from './group/members.js';
import { launchedSize, launcherOf } from './launch/launcher.js';
import { loadMpi } from './library/load.js';

export interface StartMpiOptions {
  /** How many processes there must be. Otherwise as many as were started. */
  readonly size?: number;
}

let started: Promise<MpiGroup> | undefined;

/**
 * Joins the group of all processes that were started together by mpirun, mpiexec or srun. A process that was started alone is a
 * group of one, and needs no MPI. From here on an error that nobody catches ends all processes, and layers with
 * `synchronized: true` take their statistics over the group. Called again it gives the same group.
 *
 * @throws MpiMissingError if there is no MPI library, with what to install; MpiError if the library and the launcher do not go
 * together; OptionError if there are not `size` processes; AgreementError if versions of this package, tfjs or Node differ.
 */
export async function startMpi({ size }: StartMpiOptions = {}): Promise<MpiGroup> {
  if (size !== undefined && !(Number.isInteger(size) && size >= 1)) {
    throw new OptionError(`startMpi: size must be an integer from 1 on, got ${String(size)}`);
  }
  started ??= start();
  const group = await started;
  if (size !== undefined && size !== group.size) {
    throw new OptionError(
      `startMpi: expected a group of ${size} processes, got ${group.size}` +
        (group.library === undefined ? ': start the program by mpirun or mpiexec' : ''),
    );
  }
  return group;
}

async function start(): Promise<MpiGroup> {
  const launcher = launcherOf(process.env);
  if (launcher === undefined) return new Members();
  const mpi = await loadMpi(launcher);
  mpi.init();
  const launched = launchedSize(process.env);
  if (launched !== undefined && launched !== mpi.size) {
    throw new MpiError(
      `this process was started as one of ${launched}, but its MPI library (${mpi.version}) knows of ${mpi.size}: the library ` +
        "and the mpirun are not of one MPI. Take the library's own mpirun, or set BN_MPI_LIBRARY to the path of mpirun's library",
    );
  }
  const group = new Members(mpi);
  const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  try {
    group.agree({ '@bn/mpi': version, '@tensorflow/tfjs-core': tfjsVersion, Node: process.version });
  } catch (error) {
    // All members are refused alike: none has to end the others.
    group.finalize();
    throw error;
  }
  return group;
}
