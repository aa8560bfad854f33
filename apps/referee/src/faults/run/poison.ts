import { poisonHeap } from '@bn/gradients/poisonedHeap';
import type { Backend } from '../fault.js';

/**
 * On wasm every block of memory is from now on handed out full of large numbers, so that a kernel that leaves some of its result
 * unwritten is seen.
 */
export const poison = (backend: Backend): void => {
  if (backend === 'wasm') poisonHeap();
};
