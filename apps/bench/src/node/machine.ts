/** The machine that a run in Node is on. */
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Machine } from '../results/result.js';

export const describeMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() || 'unknown',
  cores: cpus().length,
  memory: totalmem(),
  platform: `${platform()} ${arch()}`,
  runtime: `Node ${process.versions.node}`,
  gpu: null,
  versions: {},
});
