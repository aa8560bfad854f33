/** What an operation comes to: scratch space, and kernels that are run one after the other on one call. */
import type { RangeKernel, SerialKernel } from './kernels.js';

/** A kernel over items 0 to `items`, which have nothing to do with each other, or one that is not worth sharing. */
export type Step =
  | { readonly kernel: RangeKernel; readonly items: number }
  | { readonly kernel: SerialKernel };

export interface Plan {
  /** Bytes of scratch space that the steps share. */
  readonly sharedBytes: number;
  /** Bytes of scratch space of each thread. */
  readonly threadBytes: number;
  readonly steps: readonly Step[];
}

/** The kernels of a family by what they do. Their names are joined here, once: a newly joined one is hashed again at each use. */
export function kernelsOf<Family extends string, Name extends string>(
  family: Family,
  names: readonly Name[],
) {
  return Object.fromEntries(names.map((name) => [name, family + name])) as {
    readonly [N in Name]: `${Family}${N}`;
  };
}
