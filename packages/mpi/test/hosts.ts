/** Whether this machine can play several hosts. */
import { whyNoHosts } from '@bn/tooling/hosts';
import { missingMpi } from './support.js';

/** Why there cannot be several hosts on this machine, or undefined. The tests that need them are skipped then, and show this. */
export const missingHosts: string | undefined = missingMpi ?? whyNoHosts();
