/** Contenders, peers and results that are made up. */
import type { Case } from '../src/grid/cases.js';
import { type Contender, selectContenders } from '../src/grid/contenders.js';
import { emptyCell, recorded } from '../src/measuring/cell.js';
import type { Plan } from '../src/measuring/plan.js';
import type { Answer, Peer, Task } from '../src/measuring/protocol.js';
import { type BenchResult, type Cell, type Machine, resultFormat } from '../src/results/result.js';

export const small: Case = { operation: 'batchNorm', phase: 'forwardBackward', shape: [256, 120] };
export const large: Case = {
  operation: 'batchNorm',
  phase: 'forwardBackward',
  shape: [256, 6, 24, 24],
  dataFormat: 'channelsFirst',
};
export const readOf = ({ shape }: Case): Case => ({ operation: 'read', phase: 'read', shape });
export const copyOf = ({ shape }: Case): Case => ({ operation: 'copy', phase: 'copy', shape });

export const [ours, composed] = selectContenders({
  backends: ['wasm'],
  threads: [1],
  peers: ['composed'],
}) as [Contender, Contender];

export const machine = (): Machine => ({
  cpu: 'a processor',
  cores: 2,
  memory: 8e9,
  platform: 'somewhere',
  runtime: 'Node 20',
  gpu: null,
  versions: { tfjs: '4.22.0' },
});

export const plan = (changes: Partial<Plan> = {}): Plan => ({
  cases: [small, large],
  contenders: [ours, composed],
  settings: { rounds: 3, processes: 1, budget: 0, longestRun: 5 },
  machine: machine(),
  command: 'npm run bench',
  freeMemory: () => 1e12,
  ...changes,
});

export const took = (milliseconds: number, heapBytes = 0): Answer => ({
  kind: 'measured',
  milliseconds,
  runs: 1,
  heapBytes,
});

/** A peer that answers what a function says; it ends where the function throws. */
export class ScriptedPeer implements Peer {
  readonly hello = { versions: {} };
  alive = true;

  constructor(private readonly script: (task: Task) => Answer | Promise<Answer>) {}

  async measure(task: Task): Promise<Answer> {
    try {
      return await this.script(task);
    } catch (error) {
      this.alive = false;
      return { kind: 'failed', reason: (error as Error).message };
    }
  }

  stop(): void {
    this.alive = false;
  }
}

export const cellOf = (milliseconds: readonly number[]): Cell =>
  milliseconds.reduce((cell, value, round) => recorded(cell, round, took(value)), emptyCell);

/** A complete result of one row: milliseconds of each round, ours and composed, and of reading and copying x. */
export function resultOf(
  our: readonly number[],
  theirs: readonly number[],
  read?: readonly number[],
  copy?: readonly number[],
): BenchResult {
  return {
    format: resultFormat,
    state: 'complete',
    command: 'npm run bench',
    date: '2026-01-02T03:04:05.000Z',
    seconds: 61,
    machine: machine(),
    settings: { rounds: our.length, processes: 1, budget: 50, longestRun: 5 },
    contenders: [{ ...ours }, { ...composed }],
    rows: [
      { ...large, cells: { [ours.id]: cellOf(our), [composed.id]: cellOf(theirs) } },
      ...(read ? [{ ...readOf(large), cells: { [ours.id]: cellOf(read) } }] : []),
      ...(copy ? [{ ...copyOf(large), cells: { [ours.id]: cellOf(copy) } }] : []),
    ],
  };
}
