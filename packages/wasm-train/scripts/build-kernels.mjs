/** Builds the kernels with and without fused multiply-add. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateCalls } from '@bn/tooling/callRecords';
import { buildKernels, relaxedFlags } from '@bn/tooling/kernels';
import asc from 'assemblyscript/asc';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

await generateCalls(packageFolder);
await buildKernels(asc, packageFolder, { plain: [], relaxed: relaxedFlags });
