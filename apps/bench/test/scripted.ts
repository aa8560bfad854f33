import type { Contender } from '../src/grid/contenders.js';
import type { Plan } from '../src/measuring/plan.js';
import type { Answer, Task } from '../src/measuring/protocol.js';
import { run } from '../src/measuring/run.js';
import type { BenchResult } from '../src/results/result.js';
import { plan, ScriptedPeer } from './support.js';

export type Script = (contender: Contender, task: Task) => Answer | Promise<Answer>;

/** Runs a plan with peers that follow a script; `starts` has the contenders whose peers were started. */
export async function scripted(
  script: Script,
  changes: Partial<Plan> = {},
  signal = new AbortController().signal,
) {
  const starts: string[] = [];
  const seen: BenchResult[] = [];
  const start = async (contender: Contender) => {
    starts.push(contender.id);
    return new ScriptedPeer((task) => script(contender, task));
  };
  const observer = { onProgress: (result: BenchResult) => void seen.push(structuredClone(result)) };
  return { result: await run(plan(changes), start, observer, signal), starts, seen };
}

/** The cells of one contender, row by row. */
export const cells = ({ rows }: BenchResult, id: string) => rows.map((row) => row.cells[id]);
