/** Files that blocks read and that a run of the apps would have left behind, in the folder where a page's blocks run. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@bn/tooling/workspace';
import { write } from './workplace.js';

const fixtures: Readonly<Record<string, () => void>> = {
  'apps/lenet/README.md'() {
    const trained = join(root, 'apps/lenet/golden/lenet-trained.safetensors');
    copyFileSync(trained, write('apps/lenet/README.md', 'runs/first/checkpoint.safetensors', ''));
  },
  'apps/bench/README.md'() {
    const cells = { 'bn/wasm/1': { median: 1.5 } };
    const row = { operation: 'batchNorm', phase: 'training', shape: [256, 120], cells };
    write('apps/bench/README.md', 'runs/bench.json', JSON.stringify({ rows: [row] }));
  },
};

export const prepare = (page: string): void => fixtures[page]?.();
