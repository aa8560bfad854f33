/** The result of a run that was interrupted, for a run that goes on with it. */
import { existsSync } from 'node:fs';
import type { Plan } from '../measuring/plan.js';
import { differenceFrom } from '../measuring/resume.js';
import { duration } from '../report/format.js';
import type { BenchResult } from '../results/result.js';
import { readResult } from './resultFile.js';

/** What the file has, if it is the beginning of a run of this plan; says on standard error which it is. */
export async function interrupted(path: string, plan: Plan): Promise<BenchResult | undefined> {
  if (!existsSync(path)) return undefined;
  const earlier = await readResult(path);
  const difference = differenceFrom(plan, earlier);
  console.error(
    difference === undefined
      ? `resumes ${path}, which has ${duration(earlier.seconds)} of measurements`
      : `starts again, because ${path} does not belong to this run: ${difference}`,
  );
  return difference === undefined ? earlier : undefined;
}
