/** What a result was measured on, in words. */
import type { BenchResult } from '../results/result.js';
import { bytes, duration } from './format.js';

/** Graphics in software: what is measured there says little about a graphics processor. */
const softwareRenderers = /swiftshader|llvmpipe|software|basic render/i;

export const isSoftwareRendering = (gpu: string): boolean => softwareRenderers.test(gpu);

export function machineLines({ machine, settings, date, seconds, state, command }: BenchResult): string[] {
  const { cpu, cores, memory, platform, runtime, gpu, versions } = machine;
  const size = memory > 0 ? `, ${bytes(memory)} of memory` : '';
  return [
    `${cpu}, ${cores} cores${size}`,
    `${runtime} on ${platform}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...(gpu === null ? [] : [gpuLine(gpu)]),
    `${date}, ${duration(seconds)}, ${settings.rounds} rounds of ${settings.budget} ms${state === 'complete' ? '' : `, ${state}`}`,
    command,
  ];
}

const gpuLine = (gpu: string): string =>
  isSoftwareRendering(gpu)
    ? `Graphics: ${gpu}. This is rendering in software: not a GPU`
    : `Graphics: ${gpu}`;
