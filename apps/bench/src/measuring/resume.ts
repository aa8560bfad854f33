/** Resuming a run that was interrupted. */
import { caseKey } from '../grid/cases.js';
import type { BenchResult } from '../results/result.js';
import type { Plan } from './plan.js';

/** Why a result is no beginning of a run of this plan; undefined if it is one. */
export function differenceFrom(plan: Plan, earlier: BenchResult): string | undefined {
  if (earlier.state === 'complete') return 'it is complete';
  const { machine } = plan;
  const facts: [string, unknown, unknown][] = [
    ['the programs', plan.build, earlier.build],
    ['the command', plan.command, earlier.command],
    ['settings', plan.settings, earlier.settings],
    ['cases', plan.cases.map(caseKey), earlier.rows.map(caseKey)],
    ['contenders', plan.contenders.map(({ id }) => id), earlier.contenders.map(({ id }) => id)],
    ...(['cpu', 'cores', 'platform', 'runtime'] as const).map((name): [string, unknown, unknown] => [
      name,
      machine[name],
      earlier.machine[name],
    ]),
  ];
  const different = facts.filter(([, now, then]) => JSON.stringify(now) !== JSON.stringify(then));
  return different.length === 0 ? undefined : `other ${different.map(([name]) => name).join(', ')}`;
}
