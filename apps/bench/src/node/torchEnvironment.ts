/**
 * The environment in which PyTorch is at its best: an allocator that keeps its pages. glibc gives large blocks back to the
 * system at every free, and a step then spends most of its time in page faults; jemalloc does the same above 8 MB unless it is
 * told otherwise. PyTorch's performance tuning guide recommends to replace the allocator, too.
 */
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface TorchEnvironment {
  /** The allocator, in words. */
  readonly allocator: string;
  readonly variables: Readonly<Record<string, string>>;
}

const jemalloc = /libjemalloc\.so\.2 .*=> (\/.*)$/m;
const keepAllPages = 'oversize_threshold:0,dirty_decay_ms:-1,muzzy_decay_ms:-1';

const glibc: TorchEnvironment = {
  allocator: 'malloc of the system, told to keep its pages',
  variables: {
    MALLOC_MMAP_THRESHOLD_: String(2 ** 32),
    MALLOC_TRIM_THRESHOLD_: String(2 ** 32),
    MALLOC_TOP_PAD_: String(2 ** 28),
  },
};

/** jemalloc if the system's linker knows one, else what glibc can be told. */
export async function torchEnvironment(): Promise<TorchEnvironment> {
  const library = await findJemalloc();
  if (library === undefined) return glibc;
  return {
    allocator: 'jemalloc that keeps its pages',
    variables: { LD_PRELOAD: library, MALLOC_CONF: keepAllPages },
  };
}

async function findJemalloc(): Promise<string | undefined> {
  for (const ldconfig of ['ldconfig', '/sbin/ldconfig']) {
    try {
      const { stdout } = await promisify(execFile)(ldconfig, ['-p']);
      const library = jemalloc.exec(stdout)?.[1];
      if (library !== undefined) await access(library);
      return library;
    } catch {
      // Only Linux has it, and not every user has its folder on the PATH.
    }
  }
  return undefined;
}
