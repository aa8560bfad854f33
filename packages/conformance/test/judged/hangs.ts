/** A run of tests that hang, take too long or fail, which test/judged.test.ts starts and looks at from outside. */
import '@tensorflow/tfjs';
import { registerBackend } from '@bn/core';
import { afterEach } from 'vitest';
import { defineTests } from '../../src/conformance.js';
import { Results } from '../../src/results.js';

const never = () => {
  throw new Error('not called');
};
const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** Long enough that a busy machine starts what waits a tenth of it. */
const timeLimit = 1000;

const behaviours = {
  passes: () => {},
  fails: never,
  hangs: () => new Promise<void>(() => {}),
  'ends after its time': () => sleep(2 * timeLimit),
  'blocks for longer than its time': () => {
    for (const end = Date.now() + 2 * timeLimit; Date.now() < end; );
  },
  'waits until the late one has ended, and passes': () => sleep(timeLimit / 10),
};

let tests = 0;
afterEach(() => {
  if (++tests === 7) throw new Error('a hook of the file');
});

defineTests(
  'hanging',
  [
    { feature: 'time', behaviours },
    { feature: 'hooks', behaviours: { 'passes, and its hook fails': () => {} } },
  ],
  {
    context: {
      backend: 'cpu',
      swapWith: [],
      synchronousReads: true,
      tolerance: 1,
      draws: { seed: 1, runs: 40 },
      results: new Results(),
    },
    prepare: async () => {
      registerBackend({
        name: 'cpu',
        moments: never,
        normalize: never,
        gradientSums: never,
        inputGradient: never,
      });
    },
    report: process.env.BN_MATRIX,
    timeLimit,
  },
);
