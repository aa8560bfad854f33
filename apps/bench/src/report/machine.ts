/** What a result was measured on, in words. */
import { softwareRenderer } from '@bn/backends';
import { implementations } from '../grid/contenders.js';
import type { BenchResult, Participant } from '../results/result.js';
import { bytes, duration } from './format.js';

export function machineLines(result: BenchResult): string[] {
  const { machine, contenders, settings, date, seconds, state, command } = result;
  const { cpu, cores, memory, platform, runtime, gpu, versions } = machine;
  const size = memory > 0 ? `, ${bytes(memory)} of memory` : '';
  return [
    `${cpu}, ${cores} cores${size}`,
    `${runtime} on ${platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...(gpu === null ? [] : [gpuLine(gpu)]),
    ...aboutLines(contenders),
    `${date}, ${duration(seconds)}, ${settings.rounds} rounds of ${settings.budget} ms, processes of each contender: ${settings.processes}${state === 'complete' ? '' : `, ${state}`}`,
    command,
  ];
}

/** How each implementation runs; once, if it is the same for all of its contenders. */
function aboutLines(contenders: readonly Participant[]): string[] {
  const lines = contenders.flatMap(({ implementation, about }) =>
    about === undefined ? [] : [`${implementations[implementation].label}: ${about}`],
  );
  return [...new Set(lines)];
}

const gpuLine = (gpu: string): string =>
  softwareRenderer(gpu) ? `Graphics: ${gpu}. This is rendering in software: not a GPU` : `Graphics: ${gpu}`;
