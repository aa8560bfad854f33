/** Builds the kernels with and without fused multiply-add, for a memory of one thread and for one that threads share. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels, relaxedFlags, sharedFlags } from '@bn/tooling/kernels';
import asc from 'assemblyscript/asc';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

await buildKernels(asc, packageFolder, {
  plain: [],
  relaxed: relaxedFlags,
  plainShared: sharedFlags,
  relaxedShared: [...relaxedFlags, ...sharedFlags],
});
