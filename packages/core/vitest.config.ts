import { sharedTestConfig } from '@bn/tooling/vitest';
import { defineConfig } from 'vitest/config';

/** Files that register backends beside tfjs's own, or count those that there are: each has a process of its own. */
const alone = [
  'accelerate',
  'accelerateRegistration',
  'anyBackend',
  'composedSums',
  'reducer',
  'reducerErrors',
  'registry',
  'swap',
  'threads',
  'useBackend',
].map((name) => `test/${name}.test.ts`);

const { include = [], ...shared } = sharedTestConfig.test ?? {};
const project = (test: object) => ({ extends: true as const, test });

// Loading tfjs takes longer than most files: the others share a process, in any order (vitest run --sequence.shuffle.files).
export default defineConfig({
  test: {
    ...shared,
    projects: [
      project({ name: 'node', include, exclude: alone, isolate: false }),
      project({ name: 'node-alone', include: alone }),
    ],
  },
});
