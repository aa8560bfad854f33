/**
 * The processes that train one network together, as training sees them. Each member has the whole data set and the same weights,
 * computes on its shard of every batch, and makes the same step as all others.
 */
import type { Reducer } from '@bn/core';
import { singleMember } from '@bn/core/group';
import type * as tf from '@tensorflow/tfjs';
import type { Shard } from '../dataset/images.js';
import { GroupError, LenetError, messageOf } from '../errors.js';

/** The reducer is also the one of the group that this process has joined: `joinGroup` of @bn/core/group. */
export interface TrainingGroup {
  /** Number of this member, from 0. */
  readonly rank: number;
  /** Number of members. */
  readonly size: number;
  readonly reducer: Reducer;
  /** This member's part of so many images. */
  shard(total: number): Shard;
  /** The mean of each gradient over the members: the same bits on each. For use in tidy. */
  averageGradients(gradients: tf.NamedTensorMap): tf.NamedTensorMap;
}

/** A process that trains by itself. */
export const alone: TrainingGroup = {
  rank: 0,
  size: 1,
  reducer: singleMember,
  shard: (total) => ({ start: 0, end: total }),
  averageGradients: (gradients) => gradients,
};

/** Errors that all members have been told of. */
const told = new WeakSet<object>();

/** Whether every member has been told of this error, or of its cause, and has left its work as well. */
export const isTold = (error: unknown): boolean =>
  error instanceof Error && (told.has(error) || isTold(error.cause));

/** What a member tells of its error. */
interface Failure {
  readonly text: string;
  /** Whether it is the reason of a signal. */
  readonly isInterruption: boolean;
}

/**
 * Work after which all members go on, or none: if it fails on one, it fails on all. It must not wait for other members.
 *
 * @throws its own error on a member that has failed, if none has failed for another reason; GroupError on the others, which names
 * the ranks.
 */
export async function together<T>(group: TrainingGroup, work: () => Promise<T> | T): Promise<T> {
  if (group.size === 1) return work();
  let result: { readonly value: T } | undefined;
  let error: unknown;
  try {
    result = { value: await work() };
  } catch (reason) {
    error = reason;
  }
  const failures = tellAll(group, result ? undefined : failureOf(error));
  if (failures.size === 0) return result!.value;
  throw markTold(result === undefined && isAlike(failures) ? error : groupError(failures, error));
}

function tellAll(group: TrainingGroup, own: Failure | undefined): ReadonlyMap<number, Failure> {
  const texts = gatherBytes(group, own && new TextEncoder().encode(JSON.stringify(own)));
  const failed = texts.flatMap((bytes, rank) =>
    bytes.length === 0 ? [] : [[rank, JSON.parse(new TextDecoder().decode(bytes)) as Failure] as const],
  );
  return new Map(failed);
}

/** The bytes of each member, in the order of the ranks; none of a member that gives none. */
export const gatherBytes = (group: TrainingGroup, bytes: Uint8Array = new Uint8Array()): Uint8Array[] =>
  group.reducer.allGather(Float64Array.from(bytes)).map((part) => Uint8Array.from(part));

const failureOf = (error: unknown): Failure => ({
  // Of what should not have happened, the place counts too.
  text: (!(error instanceof LenetError) && error instanceof Error && error.stack) || messageOf(error),
  isInterruption: error instanceof Error && error.name === 'AbortError',
});

const isAlike = (failures: ReadonlyMap<number, Failure>): boolean =>
  new Set([...failures.values()].map(({ text }) => text)).size === 1;

const groupError = (failures: ReadonlyMap<number, Failure>, cause: unknown): GroupError =>
  new GroupError([...failures].map(([rank, { text }]) => `rank ${rank}: ${text}`).join('\n'), {
    isInterruption: [...failures.values()].every(({ isInterruption }) => isInterruption),
    cause,
  });

/** @returns the error */
export function markTold(error: unknown): unknown {
  if (error instanceof Error) told.add(error);
  return error;
}
