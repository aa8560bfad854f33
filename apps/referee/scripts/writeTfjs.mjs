/** Writes docs/tfjs.md. */
import { writeFileSync } from 'node:fs';
import { page } from '../dist/faults/page.js';

writeFileSync(new URL('../../../docs/tfjs.md', import.meta.url), page());
