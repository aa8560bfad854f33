/**
 * A group of processes in one thread, for tests. A call of a reducer blocks until all members have made it, and members that run
 * one after the other cannot wait for each other. So a member stops at the first call that others have yet to make, by an error,
 * and runs again from its beginning when they have: the calls that it made before then have their answers.
 */
import type { Reducer } from '@bn/core';
import { attempt, type Outcome } from './attempt.js';

interface Call {
  readonly kind: 'allReduceSum' | 'allGather';
  readonly values: Float64Array;
}

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
  const made: Call[][] = Array.from({ length: size }, () => []);
  const outcomes = new Array<Outcome<T> | undefined>(size).fill(undefined);
  while (outcomes.includes(undefined)) {
    let advances = false;
    for (const [rank, ended] of outcomes.entries()) {
      if (ended !== undefined) continue;
      const before = made[rank]!.length;
      const recorder = new Recorder(rank, made);
      const { outcome, cleanUp } = await attempt(() => member(recorder));
      if (recorder.waits) cleanUp();
      else outcomes[rank] = outcome;
      recorder.assertSame();
      advances ||= !recorder.waits || made[rank]!.length > before;
    }
    if (!advances) throw notJoined(made, outcomes);
  }
  return outcomes as Outcome<T>[];
}

/** One run of one member: writes down what it contributes, and answers with what all did. */
class Recorder implements Reducer {
  /** Whether it has come to a call that others have yet to make. */
  waits = false;
  #index = 0;
  #differs = false;

  /** @param made The calls that each member has made so far. */
  constructor(
    readonly rank: number,
    private readonly made: readonly Call[][],
  ) {}

  get size(): number {
    return this.made.length;
  }

  allReduceSum(values: Float64Array): void {
    const parts = this.#contribute({ kind: 'allReduceSum', values: values.slice() });
    values.fill(0);
    for (const part of parts) {
      for (let i = 0; i < values.length; i++) values[i]! += part[i]!;
    }
  }

  allGather(values: Float64Array): Float64Array[] {
    return this.#contribute({ kind: 'allGather', values: values.slice() });
  }

  /** @throws Error if the member has made other calls than in an earlier run. */
  assertSame(): void {
    if (!this.#differs && (this.waits || this.#index === this.made[this.rank]!.length)) return;
    throw new Error(
      `inProcessGroup: rank ${this.rank} has made other calls when it ran again; a member must do the same each time`,
    );
  }

  #contribute(own: Call): Float64Array[] {
    // The member may catch the error and go on.
    if (this.waits || this.#differs) throw new Stopped();
    const calls = this.made[this.rank]!;
    const before = calls[this.#index];
    this.#differs = before !== undefined && !sameBits(before, own);
    calls[this.#index] ??= own;
    const all = this.made.map((calls) => calls[this.#index]);
    this.waits = !all.every((call) => call !== undefined && meet(call, own));
    if (this.waits || this.#differs) throw new Stopped();
    this.#index++;
    return all.map((call) => call!.values.slice());
  }
}

/** Ends a run of a member that waits. */
class Stopped extends Error {
  constructor() {
    super('inProcessGroup: this member waits for others, and will run again');
  }
}

const meet = (one: Call, other: Call): boolean =>
  one.kind === other.kind && (one.kind === 'allGather' || one.values.length === other.values.length);

const sameBits = (one: Call, other: Call): boolean =>
  one.kind === other.kind &&
  one.values.length === other.values.length &&
  one.values.every((value, i) => Object.is(value, other.values[i]));

/** Names the first call that not all members make: those that do would wait for good. */
function notJoined(
  made: readonly (readonly Call[])[],
  outcomes: readonly (Outcome<unknown> | undefined)[],
): Error {
  for (let index = 0; ; index++) {
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
    return new Error(`inProcessGroup: the members do not meet in call ${index}: ${list}`);
  }
}
