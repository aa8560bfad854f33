/** Builds the kernels that the tests run on the heap. */
import { join } from 'node:path';
import { generateCalls } from '@bn/tooling/callRecords';
import { buildKernels } from '@bn/tooling/kernels';
import asc from 'assemblyscript/asc';

const folder = join(import.meta.dirname, '../test/kernels');
await generateCalls(folder);
await buildKernels(asc, folder, { plain: [] });
