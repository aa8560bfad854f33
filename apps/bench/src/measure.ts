/** The measuring loop of the peers that run in Node. */
import { createInterface } from 'node:readline';
import { type Answer, MIN_RUNS, type Task, WARM_UP } from './protocol.js';

/** One task made ready: `run` is what is timed. */
export interface Prepared {
  run(): void;
  dispose(): void;
}

/** Answers tasks from standard input until it ends. */
export async function serve(prepare: (task: Task) => Prepared | string): Promise<void> {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(answer(JSON.parse(line) as Task, prepare))}\n`);
  }
}

function answer(task: Task, prepare: (task: Task) => Prepared | string): Answer {
  const prepared = prepare(task);
  if (typeof prepared === 'string') return { unsupported: prepared };
  try {
    return { milliseconds: measure(prepared.run, task.budget) };
  } finally {
    prepared.dispose();
  }
}

function measure(run: () => void, budget: number): number[] {
  for (let i = 0; i < WARM_UP; i++) run();
  const milliseconds: number[] = [];
  const start = performance.now();
  while (performance.now() - start < budget || milliseconds.length < MIN_RUNS) {
    const before = performance.now();
    run();
    milliseconds.push(performance.now() - before);
  }
  return milliseconds;
}
