import '@bn/wasm';
import { conformance } from '@bn/conformance';
import { environment, inThisEnvironment } from '@bn/tooling/environment';
import { beforeAll } from 'vitest';
import { takeForHardware } from './support/parallelism.js';
import { webgpuBackend } from './support/start.js';

// Work is split one way for GPUs and another for software renderers: one environment holds each to the suite.
if (environment === 'Node') beforeAll(takeForHardware);

// GPUs divide with an error of up to 2.5 units in the last place, and have no float64 to sum in.
conformance({
  backend: webgpuBackend,
  swapWith: 'wasm',
  tolerance: 4,
  synchronousReads: environment === 'Node' ? false : 'slow',
  ...inThisEnvironment('webgpu'),
});
