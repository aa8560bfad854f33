/** Builds the kernels that the tests run on the heap. */
import { join } from 'node:path';
import { buildKernels } from '@bn/tooling/kernels';
import asc from 'assemblyscript/asc';

await buildKernels(asc, join(import.meta.dirname, '../test/kernels'), { plain: [] });
