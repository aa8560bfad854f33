/** The measuring loop of the peers that run in Node. */
import { createInterface } from 'node:readline';
import { type Answer, MIN_RUNS, type Task, WARM_UP } from './protocol.js';

/** One task made ready: `run` is what is timed, to the end of its promise where it returns one. */
export interface Prepared {
  run(): unknown;
  dispose(): void;
}

type Prepare = (task: Task) => Prepared | string | Promise<Prepared | string>;

/** Answers tasks from standard input until it ends. */
export async function serve(prepare: Prepare): Promise<void> {
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const result = await answer(JSON.parse(line) as Task, prepare);
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
}

async function answer(task: Task, prepare: Prepare): Promise<Answer> {
  const prepared = await prepare(task);
  if (typeof prepared === 'string') return { unsupported: prepared };
  try {
    return { milliseconds: await measure(prepared.run, task.budget) };
  } finally {
    prepared.dispose();
  }
}

async function measure(run: Prepared['run'], budget: number): Promise<number[]> {
  for (let i = 0; i < WARM_UP; i++) await run();
  const milliseconds: number[] = [];
  const start = performance.now();
  while (performance.now() - start < budget || milliseconds.length < MIN_RUNS) {
    const before = performance.now();
    const pending = run();
    if (pending instanceof Promise) await pending;
    milliseconds.push(performance.now() - before);
  }
  return milliseconds;
}
