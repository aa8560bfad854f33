import * as core from '@bn/core';
import { costsSuite } from '@bn/tooling/costsSuite';
import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { commands } from 'vitest/browser';
import '../../src/index.js';
import { countGpu } from './gpu.js';

beforeAll(() => core.useBackend('webgl'));

costsSuite({
  tf,
  core,
  calls: 'draws',
  countGpu,
  readme: () => commands.readFile('README.md'),
  most: { batchNorm: { forward: 3, both: 10 }, others: { forward: 3, both: 10 } },
  layer: 5,
  inference: 2,
  images: [
    [4, 6, 8, 8],
    [10, 6, 8, 8],
    [10, 18, 20, 30],
  ],
});
