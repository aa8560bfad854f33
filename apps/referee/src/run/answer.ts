/** Asks a contender that has been started, task after task. */
import { differenceFrom, type GoldenOutput, readGoldenCase } from '@bn/conformance/golden';
import { type Answer, outputsOf, type Started } from '../contenders/contender.js';
import type { Line, Result } from './lines.js';
import { tasks } from './tasks.js';

/**
 * @param wanted places in the list of tasks
 * @param print given a line as soon as it is known, so that what comes before a crash is kept; awaited
 */
export async function answer(
  contender: Started,
  wanted: readonly number[],
  print: (line: Line) => unknown,
): Promise<void> {
  const { versions, renderer } = contender;
  await print({ versions, renderer });
  for (const task of wanted) await print({ task, ...(await resultOf(contender, task)) });
}

async function resultOf(contender: Started, task: number): Promise<Omit<Result, 'task'>> {
  const { row, part } = tasks[task]!;
  const golden = readGoldenCase(row);
  let got: Answer | undefined;
  try {
    got = await contender[part]?.(golden);
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
  const errors = outputsOf[part].flatMap((name) => {
    const values = got?.[name];
    return values ? [[name, errorOf(golden.outputs[name]!, values)]] : [];
  });
  return { errors: Object.fromEntries(errors) };
}

/** null for NaN, which JSON does not have. */
function errorOf(output: GoldenOutput, values: ArrayLike<number>): number | null {
  const { error } = differenceFrom(output, values);
  return Number.isFinite(error) ? error : null;
}
