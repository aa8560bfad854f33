/**
 * A group of processes in one thread, for tests. A call of a reducer blocks until all members have made it, and members that run
 * one after the other cannot wait for each other. So all of them run again and again: in round k the first k calls give what
 * the members contributed in the round before, which is right by then, and the rest is made up of what is known. When a round
 * contributes the same bits as the one before, all calls were right.
 */
import type { Reducer } from '@bn/core';
import { type Attempt, attempt, type Outcome } from './attempt.js';

interface Call {
  readonly kind: 'allReduceSum' | 'allGather';
  readonly values: Float64Array;
}

/** More rounds than that are no test but a program. */
const maxRounds = 1000;

/**
 * Runs `member` once for every rank of a group and gives what each returned, in the order of the ranks. A member is run several
 * times, so it must do the same each time: it makes the layers and optimizers that it changes, and disposes them.
 *
 * @throws the error of the first member that throws, by rank; Error that names the ranks if some wait for a call that others
 * never make.
 */
export async function inProcessGroup<T>(
  size: number,
  member: (reducer: Reducer) => T | Promise<T>,
): Promise<T[]> {
  const outcomes = await inProcessOutcomes(size, member);
  return outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  });
}

/** As `inProcessGroup`, but gives of each member the value or the error that it ended with. */
export async function inProcessOutcomes<T>(
  size: number,
  member: (reducer: Reducer) => T | Promise<T>,
): Promise<Outcome<T>[]> {
  let known: Call[][] = Array.from({ length: size }, () => []);
  for (let round = 0; round < maxRounds; round++) {
    const attempts: Attempt<T>[] = [];
    const made: Call[][] = [];
    for (let rank = 0; rank < size; rank++) {
      const recorder = new Recorder(rank, known);
      attempts.push(await attempt(() => member(recorder)));
      made.push(recorder.calls);
    }
    if (sameBits(known, made)) {
      const outcomes = attempts.map(({ outcome }) => outcome);
      assertJoined(made, outcomes);
      return outcomes;
    }
    // It may have failed for want of what the others contribute.
    for (const { cleanUp } of attempts) cleanUp();
    known = made;
  }
  throw new Error(
    `inProcessGroup: the calls still change after ${maxRounds} rounds; a member must do the same each time`,
  );
}

/** One member for one round: writes down what it contributes, and answers with what the others did in the round before. */
class Recorder implements Reducer {
  readonly calls: Call[] = [];

  constructor(
    readonly rank: number,
    private readonly known: readonly (readonly Call[])[],
  ) {}

  get size(): number {
    return this.known.length;
  }

  allReduceSum(values: Float64Array): void {
    const parts = this.#contribute('allReduceSum', values);
    values.fill(0);
    for (const part of parts) {
      for (let i = 0; i < values.length; i++) values[i]! += part[i]!;
    }
  }

  allGather(values: Float64Array): Float64Array[] {
    return this.#contribute('allGather', values);
  }

  /** What each member contributes to this call; of a member that is not known to make it, this member's own. */
  #contribute(kind: Call['kind'], values: Float64Array): Float64Array[] {
    const index = this.calls.length;
    const own = values.slice();
    this.calls.push({ kind, values: own });
    return this.known.map((calls, rank) => {
      const call = calls[index];
      const fits = call?.kind === kind && (kind === 'allGather' || call.values.length === own.length);
      return rank === this.rank || !fits ? own.slice() : call.values.slice();
    });
  }
}

function sameBits(a: readonly (readonly Call[])[], b: readonly (readonly Call[])[]): boolean {
  const same = (one: Call, other: Call) =>
    one.kind === other.kind &&
    one.values.length === other.values.length &&
    one.values.every((value, i) => Object.is(value, other.values[i]));
  return a.every(
    (calls, rank) =>
      calls.length === b[rank]!.length && calls.every((call, index) => same(call, b[rank]![index]!)),
  );
}

/** In a group of processes, those that wait for a call that others do not make would wait for good. */
function assertJoined(made: readonly (readonly Call[])[], outcomes: readonly Outcome<unknown>[]): void {
  const length = Math.max(...made.map((calls) => calls.length));
  for (let index = 0; index < length; index++) {
    const described = made.map((calls, rank) => {
      const call = calls[index];
      if (call !== undefined) {
        return call.kind === 'allGather' ? call.kind : `${call.kind} of ${call.values.length} values`;
      }
      const outcome = outcomes[rank]!;
      return 'error' in outcome ? `threw ${String(outcome.error)}` : 'returned';
    });
    if (new Set(described).size === 1) continue;
    const list = described.map((text, rank) => `rank ${rank}: ${text}`).join('; ');
    throw new Error(`inProcessGroup: the members do not meet in call ${index}: ${list}`);
  }
}
