import { readFileSync } from 'node:fs';
import * as core from '@bn/core';
import { costsSuite } from '@bn/tooling/costsSuite';
import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { countGpu } from './support/gpu.js';
import { takeForHardware } from './support/parallelism.js';
import './support/start.js';

// The table is of GPUs; a software renderer has fewer pieces.
beforeAll(takeForHardware);

costsSuite({
  tf,
  core,
  calls: 'dispatches',
  countGpu,
  readme: () => readFileSync('README.md', 'utf8'),
  most: { batchNorm: { forward: 3, both: 5 }, others: { forward: 2, both: 4 } },
  layer: 4,
  inference: 1,
  images: [
    [16, 32, 32, 32],
    [20, 32, 32, 32],
    [20, 48, 40, 40],
  ],
});
