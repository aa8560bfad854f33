/** `bench`: measures in Node, one process for each contender. */
import { selectCases } from '../grid/cases.js';
import { contenderLabel, selectContenders } from '../grid/contenders.js';
import { run } from '../measuring/run.js';
import { duration } from '../report/format.js';
import { resultAsText } from '../report/text.js';
import type { BenchResult } from '../results/result.js';
import { describeMachine } from './machine.js';
import type { RunOptions } from './options.js';
import { ProgressBar } from './progress.js';
import { reportPath, writeReport } from './reportFile.js';
import { writeResult } from './resultFile.js';
import { startPeer } from './startPeer.js';

/** Takes a run's options to its files and its tables. */
export async function runCommand(options: RunOptions, command: string, signal: AbortSignal): Promise<void> {
  const out = options.out ?? defaultOut();
  const { rounds, budget, longestRun } = options;
  const plan = {
    cases: selectCases(options),
    contenders: selectContenders({
      ...options,
      peers: [...options.peers, ...(options.torch ? (['torch'] as const) : [])],
    }),
    settings: { rounds, budget, longestRun },
    machine: describeMachine(),
    command,
    freeMemory: () => process.availableMemory(),
  };
  console.error(`${plan.cases.length} cases, ${plan.contenders.map(contenderLabel).join('; ')}`);
  const bar = new ProgressBar();
  const observer = {
    async onProgress(result: BenchResult, progress: Parameters<ProgressBar['update']>[0]) {
      bar.update(progress);
      await writeResult(out, result);
    },
  };
  const result = await run(plan, startPeer, observer, signal).finally(() => bar.stop());
  await finish(result, out);
}

/** Writes the result and its report, and prints the tables. */
export async function finish(result: BenchResult, out: string): Promise<void> {
  await writeResult(out, result);
  await writeReport(reportPath(out), result);
  console.log(resultAsText(result));
  const stopped = result.state === 'complete' ? '' : ', stopped early';
  console.log(`${duration(result.seconds)}${stopped}; result ${out}, report ${reportPath(out)}`);
}

/** A new name each second, in the folder of other runs. */
export const defaultOut = (): string =>
  `runs/bench-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
