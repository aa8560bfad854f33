/** By whom this process was started, as the environment tells. */

/** The program that starts processes, by whose library it wants them to use. `pmix` and `pmi` are spoken by several. */
export type Launcher = 'openmpi' | 'mpich' | 'other';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Open MPI's mpirun sets OMPI_COMM_WORLD_SIZE; MPICH's mpiexec PMI_RANK and a variable of Hydra; Slurm's srun PMI_RANK or
 * PMIX_RANK. Undefined if nobody has started several processes.
 */
export function launcherOf(env: Environment): Launcher | undefined {
  if (env.OMPI_COMM_WORLD_SIZE !== undefined) return 'openmpi';
  if (env.HYDI_CONTROL_FD !== undefined) return 'mpich';
  const shared = [env.PMI_RANK, env.PMI_SIZE, env.PMI_FD, env.PMIX_RANK];
  return shared.some((value) => value !== undefined) ? 'other' : undefined;
}

/** Whether mpirun, mpiexec or srun has started this process, alone or with others: then it is a member of a group. */
export const isLaunched = (): boolean => launcherOf(process.env) !== undefined;

/** How many processes the launcher says that it has started, if it says so. */
export function launchedSize(env: Environment): number | undefined {
  const text = env.OMPI_COMM_WORLD_SIZE ?? env.PMI_SIZE;
  const size = Number(text);
  return text !== undefined && Number.isInteger(size) ? size : undefined;
}
