/** `bench`: measures in Node, one process for each contender. */
import { selectCases } from '../grid/cases.js';
import { type Contender, contenderLabel, selectContenders } from '../grid/contenders.js';
import type { Plan, Progress } from '../measuring/plan.js';
import { run } from '../measuring/run.js';
import { duration } from '../report/format.js';
import { resultAsText } from '../report/text.js';
import type { BenchResult, Settings } from '../results/result.js';
import { currentBuild } from './build.js';
import { interrupted } from './interrupted.js';
import { describeMachine } from './machine.js';
import type { RunOptions } from './options.js';
import { ProgressBar } from './progress.js';
import { reportPath, writeReport } from './reportFile.js';
import { resultWriter, writeResult } from './resultFile.js';
import { runtimesOf } from './runtimes.js';
import { startPeer } from './startPeer.js';

/** Takes a run's options to its files and its tables. */
export async function runCommand(options: RunOptions, command: string, signal: AbortSignal): Promise<void> {
  const out = options.out ?? defaultOut();
  const runtimes = await runtimesOf(options.node);
  const plan: Plan = {
    cases: selectCases(options),
    contenders: selectContenders({
      ...options,
      runtimes: [...runtimes.keys()],
      peers: [...options.peers, ...(options.torch ? (['torch'] as const) : [])],
    }),
    settings: settingsOf(options),
    machine: describeMachine(),
    command,
    build: await currentBuild(),
    freeMemory: () => process.availableMemory(),
  };
  const earlier = options.resume ? await interrupted(out, plan) : undefined;
  console.error(`${plan.cases.length} cases, ${plan.contenders.map(contenderLabel).join('; ')}`);
  const bar = new ProgressBar();
  const write = resultWriter(out);
  const observer = {
    async onProgress(result: BenchResult, progress: Progress) {
      bar.update(progress);
      await write(result);
    },
  };
  const start = (contender: Contender) => startPeer(contender, runtimes);
  const result = await run(plan, start, observer, signal, earlier).finally(() => bar.stop());
  await finish(result, out);
}

const settingsOf = ({ rounds, largeRounds, processes, budget, longestRun }: RunOptions): Settings => ({
  rounds,
  ...(largeRounds === undefined ? {} : { largeRounds }),
  processes,
  budget,
  longestRun,
});

/** Prints the tables, and writes the result and its report. */
export async function finish(result: BenchResult, out: string): Promise<void> {
  console.log(resultAsText(result, process.stdout.columns));
  await writeResult(out, result);
  await writeReport(reportPath(out), result);
  const stopped = result.state === 'complete' ? '' : ', stopped early';
  console.log(`${duration(result.seconds)}${stopped}; result ${out}, report ${reportPath(out)}`);
}

/** A new name each second, in the folder of other runs. */
export const defaultOut = (): string =>
  `runs/bench-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
