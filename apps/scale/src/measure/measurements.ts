/** The measurements, each of at most 80 seconds. */
import { cpus } from 'node:os';
import { median } from '@bn/tooling/median';
import type { Job } from '../member/job.js';
import type {
  ConstantsResults,
  Contender,
  GroupResult,
  GroupsResults,
  LinkTimes,
  Machine,
  Measured,
  MessagesResults,
  MessagesTime,
  Results,
  SpeedResults,
  StepTime,
} from '../results.js';
import { linksBetween } from './links.js';
import { measureApart, measureGroup, measureTorch } from './processes.js';

type Measurements = { readonly [Name in keyof Results]: () => Promise<Results[Name]> };

export const measurements: Measurements = {
  speed: measureSpeed,
  constants: measureConstants,
  messages: measureMessages,
  groups: measureGroups,
};

/** Of a step, over all ranks. */
const images = 512;

const machine = (): Machine => ({
  processor: cpus()[0]!.model,
  cores: cpus().length,
  node: process.version,
});

/** Two ranks beside two threads, the two halves without a group, and PyTorch: in turn, three rounds. */
async function measureSpeed(): Promise<SpeedResults> {
  const seconds = 2;
  const lenet = (ranks: number, threads: number) => () =>
    measureGroup<Measured>(ranks, { task: 'lenet', images, threads, seconds }, undefined);
  const torch = (processes: number, threads: number) => async () => ({
    step: (await measureTorch(processes, { images, threads, seconds })).step!,
  });
  const contenders: Readonly<Record<Contender, () => Promise<Measured>>> = {
    oneThread: lenet(1, 1),
    twoThreads: lenet(1, 2),
    twoRanks: lenet(2, 1),
    apart: () => halvesApart(seconds),
    torchOneThread: torch(1, 1),
    torchTwoThreads: torch(1, 2),
    torchTwoProcesses: torch(2, 1),
  };
  const rounds: Record<Contender, Measured>[] = [];
  for (let round = 0; round < 3; round++) {
    const results: [string, Measured][] = [];
    for (const [name, run] of Object.entries(contenders)) results.push([name, await run()]);
    rounds.push(Object.fromEntries(results) as Record<Contender, Measured>);
  }
  const asked = await measureTorch(2, { images, threads: 1, seconds: 0.1, synchronize: true });
  return {
    machine: machine(),
    images,
    torch: { version: asked.version, syncBatchNorm: asked.refusal ?? null },
    rounds,
  };
}

/** Both halves of a batch at the same time, by processes that know nothing of each other: the slower one. */
async function halvesApart(seconds: number): Promise<Measured> {
  const job: Job = { task: 'lenet', images: images / 2, threads: 1, seconds };
  const halves = await measureApart<Measured>(2, job);
  return { step: Math.max(...halves.map(({ step }) => step)) };
}

/** What a step computes, and what messages take on each link. */
async function measureConstants(): Promise<ConstantsResults> {
  const work: Job = { task: 'work', sizes: [64, 128, 256, 512], seconds: 1 };
  const [alone] = await measureApart<StepTime[]>(1, work);
  const busy = await measureApart<StepTime[]>(2, work);
  const [convolution] = await measureApart<{ operationsPerSecond: number }>(1, {
    task: 'convolution',
    seconds: 1,
  });
  const links: LinkTimes[] = [];
  const link = {
    task: 'link',
    gathers: [100, 502, 2048, 8192, 32_768, 65_536],
    averages: [2 ** 14, 2 ** 16, 2 ** 18, 2 ** 20],
    seconds: 0.25,
  } as const;
  // Of a network as large as ResNet-50, whose messages take seconds on slow links.
  const large = { ...link, averages: [...link.averages, 2 ** 22, 2 ** 24] };
  for (const { name, hosts } of linksBetween(2)) {
    const job = hosts ? link : large;
    links.push({ name, ...(await measureGroup<Omit<LinkTimes, 'name'>>(2, job, hosts)) });
  }
  return {
    machine: machine(),
    work: { alone: alone!, busy: meanwhile(busy) },
    operationsPerSecond: convolution!.operationsPerSecond,
    links,
  };
}

/** Of the same steps by several processes at the same time, the medians. */
const meanwhile = (processes: readonly StepTime[][]): StepTime[] =>
  processes[0]!.map(({ images }, index) => ({
    images,
    step: median(processes.map((steps) => steps[index]!.step)),
  }));

/** The messages of a step alone; those of ResNet-50 if they take about a second at most. */
async function measureMessages(): Promise<MessagesResults> {
  const messages: MessagesTime[] = [];
  for (const { name: link, hosts } of linksBetween(4)) {
    const cases = [
      { network: 'LeNet', seconds: 0.4, ranks: hosts ? [2, 3, 4] : [2, 3, 4, 8] },
      { network: 'ResNet-50', seconds: 0.5, ranks: link === 'TCP, 100 Mbit/s' ? [] : [2] },
    ] as const;
    for (const { network, seconds, ranks: counts } of cases) {
      for (const ranks of counts) {
        const job: Job = { task: 'messages', network, seconds };
        const { milliseconds } = await measureGroup<{ milliseconds: number }>(ranks, job, hosts);
        messages.push({ network, link, ranks, milliseconds });
      }
    }
  }
  return { machine: machine(), messages };
}

/** A step of LeNet by 1 to 8 ranks in shared memory, and by 2 to 4 on hosts. */
async function measureGroups(): Promise<GroupsResults> {
  const job: Job = { task: 'lenet', images, threads: 1, seconds: 1 };
  const groups: GroupResult[] = [];
  for (const { name, hosts } of linksBetween(4)) {
    for (const ranks of hosts ? [2, 3, 4] : [1, 2, 3, 4, 8]) {
      const measured = await measureGroup<Omit<GroupResult, 'link' | 'ranks'>>(ranks, job, hosts);
      groups.push({ link: name, ranks, ...measured });
    }
  }
  return { machine: machine(), images, groups };
}
