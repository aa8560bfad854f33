/** A peer's side of the protocol: makes tasks ready, measures them, and says what goes wrong. */
import { messageOf } from '../errors.js';
import { type Case, caseKey } from '../grid/cases.js';
import { measure } from './loop.js';
import type { Prepared } from './prepared.js';
import type { Answer, Hello, Memory, Task } from './protocol.js';
import type { Experience } from './warmUp.js';

/** An implementation on its backend, started in a peer. */
export interface Workbench {
  readonly hello: Hello;
  /** Makes a case ready to run, or says why it cannot. */
  prepare(task: Case): Prepared | Unsupported | Promise<Prepared | Unsupported>;
  /** Bytes of the heap on which its tensors are. */
  heapBytes(): number;
  /** Tensors that are alive and their bytes; undefined if nobody counts them. */
  tensors?(): { readonly numTensors: number; readonly numBytes: number };
}

/** Why an implementation does not do a task. */
export class Unsupported {
  constructor(readonly reason: string) {}
}

/**
 * A function that answers tasks, one at a time.
 *
 * @param usedHeap bytes in use on JavaScript's heap, garbage collected; 0 if the engine does not say
 */
export function answering(workbench: Workbench, usedHeap: () => number): (task: Task) => Promise<Answer> {
  /** Milliseconds of a run of each case, as fast as it was here. */
  const fastest = new Map<string, number>();
  const experiences = new Map<string, Experience>();
  return async (task) => {
    let prepared: Prepared | Unsupported | undefined;
    try {
      prepared = await workbench.prepare(task);
      if (prepared instanceof Unsupported) return { kind: 'unsupported', reason: prepared.reason };
      const memory = task.phase === 'step' ? await memoryKept(workbench, prepared, usedHeap) : {};
      const kind = task.phase === 'step' ? task.phase : `${task.operation} ${task.phase}`;
      const experience = experiences.get(kind) ?? { milliseconds: 0, runs: 0 };
      experiences.set(kind, experience);
      const before = fastest.get(caseKey(task));
      const measurement = await measure(prepared, task.budget, before, experience);
      fastest.set(caseKey(task), Math.min(before ?? Number.POSITIVE_INFINITY, measurement.milliseconds));
      return { kind: 'measured', ...measurement, ...memory, heapBytes: workbench.heapBytes() };
    } catch (error) {
      return { kind: 'failed', reason: messageOf(error) };
    } finally {
      if (prepared && !(prepared instanceof Unsupported)) prepared.dispose();
    }
  };
}

/** Steps over which memory is watched, after as many for what grows only once. */
const watchedSteps = 4;

/** What is alive between two steps, and by how much the heaps grow in some steps. */
async function memoryKept(
  workbench: Workbench,
  { run }: Prepared,
  usedHeap: () => number,
): Promise<{ memory: Memory } | Record<string, never>> {
  if (!workbench.tensors) return {};
  const heaps = () => usedHeap() + workbench.heapBytes();
  for (let step = 0; step < watchedSteps; step++) await run();
  const before = heaps();
  for (let step = 0; step < watchedSteps; step++) await run();
  const heapGrowth = heaps() - before;
  const { numTensors, numBytes } = workbench.tensors();
  return { memory: { tensors: numTensors, bytes: numBytes, heapGrowth } };
}
