/** Which group a layer takes the statistics of its batches over. */
import { OptionError } from '@bn/core';
import { currentGroup, type Reducer } from '@bn/core/group';

/** The sizes of groups as mpirun tells them to the processes that it starts: Open MPI, and MPICH with its relatives. */
const sizeVariables = ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE'];

/**
 * The group of a layer with `synchronized: true` that was given no reducer: the group that the process has joined. Without a group
 * there is nothing to synchronize, unless the process was started as one of several.
 *
 * @param title of the layer, named in errors.
 * @throws OptionError for a process of several that has joined no group: the caller did not ask for statistics of its own batches.
 */
export function joinedGroup(title: string): Reducer | undefined {
  const group = currentGroup();
  if (group !== undefined) return group;
  const environment = (globalThis as { process?: { env?: Record<string, string> } }).process?.env ?? {};
  const size = Math.max(...sizeVariables.map((name) => Number(environment[name] ?? 1)));
  if (!(size > 1)) return undefined;
  throw new OptionError(
    `${title}: synchronized is true, and this process is one of ${size} that mpirun has started, but it has joined no group; ` +
      'start one before training (startMpi of @bn/mpi, or joinGroup of @bn/core/group), or make the layer with synchronized: false',
  );
}
