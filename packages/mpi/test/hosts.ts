/** Whether this machine can play several hosts. */
import { Hosts } from '@bn/tooling/hosts';
import { missingMpi } from './support.js';

/** Why there cannot be several hosts on this machine, or undefined. The tests that need them are skipped then, and show this. */
export const missingHosts: string | undefined = missingMpi ?? whyMissing();

function whyMissing(): string | undefined {
  try {
    new Hosts(1).remove();
    return undefined;
  } catch (error) {
    return `network namespaces need root and iproute2: ${(error as Error).message}`;
  }
}
