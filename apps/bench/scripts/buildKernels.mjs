/** Builds the loop that reads memory. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels } from '@bn/tooling/kernels';
import asc from 'assemblyscript/asc';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

await buildKernels(asc, packageFolder, { reading: [] });
