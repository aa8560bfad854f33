/** The group of processes that a command trains in: one, unless mpirun has started more. */
import { type MpiGroup, startMpi } from '@bn/mpi';
import { messageOf, OptionError } from '../errors.js';
import { isTold, markTold } from '../training/group.js';
import { isStartedByTrainer, liveWithLauncher } from './status.js';

/**
 * Does `work` in the group that mpirun has started, or alone. What all members have been told of ends all in order, and is thrown on
 * rank 0 only; any other error ends them at once, and is printed with its rank.
 *
 * @param size how many processes there must be
 * @throws OptionError, on rank 0, if there are more or fewer, or their versions differ
 */
export async function inGroup(
  size: number | undefined,
  work: (group: MpiGroup) => Promise<void>,
): Promise<void> {
  const group = await join();
  if (group === undefined) return;
  if (isStartedByTrainer() && group.rank === 0) liveWithLauncher();
  try {
    checkSize(group, size);
    await work(group);
  } catch (error) {
    if (group.size > 1 && !isTold(error)) group.abort(error);
    if (group.rank === 0) throw error;
  } finally {
    group.finalize();
  }
}

/** Does `work` of a command that one process does. @throws OptionError, on rank 0, if mpirun has started several */
export const inOneProcess = (command: string, work: () => Promise<void>): Promise<void> =>
  inGroup(undefined, (group) => {
    if (group.size === 1) return work();
    throw markTold(
      new OptionError(
        `${command} runs in one process, and mpirun has started ${group.size}; start it without mpirun`,
      ),
    );
  });

function checkSize(group: MpiGroup, wanted: number | undefined): void {
  if (wanted === undefined || wanted === group.size) return;
  throw markTold(
    new OptionError(
      `--processes ${wanted}: mpirun has started ${group.size}; leave out one of the two numbers`,
    ),
  );
}

/** Undefined on all members but rank 0 if their versions differ. */
async function join(): Promise<MpiGroup | undefined> {
  try {
    return await startMpi();
  } catch (error) {
    const { code, rank } = error as { code?: string; rank?: number };
    if (code === 'BN_MPI_AGREEMENT' && rank !== 0) return undefined;
    throw optionErrorOf(error);
  }
}

/** @throws OptionError, on every member, if their values differ; it names what differs on which ranks. */
export function agree(group: MpiGroup, values: Parameters<MpiGroup['agree']>[0]): void {
  try {
    group.agree(values);
  } catch (error) {
    throw markTold(optionErrorOf(error));
  }
}

/** Errors of MPI are the user's to mend. */
const optionErrorOf = (error: unknown): unknown =>
  ['BN_MPI_MISSING', 'BN_MPI', 'BN_MPI_AGREEMENT', 'BN_OPTION'].includes((error as { code: string }).code)
    ? new OptionError(messageOf(error), { cause: error })
    : error;
