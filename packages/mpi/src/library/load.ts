/** Finds and loads the MPI library. */
import type { LibraryHandle } from 'koffi';
import { MpiMissingError } from '../errors.js';
import type { Launcher } from '../launch/launcher.js';
import { candidates, installAdvice, libraryVariable } from './candidates.js';
import { Mpi } from './mpi.js';

/**
 * The library of the launcher, if it is known, or the first that is there.
 *
 * @throws MpiMissingError if there is none; MpiError if it is of a family that is not known.
 */
export async function loadMpi(launcher: Launcher | undefined): Promise<Mpi> {
  const { default: koffi } = await import('koffi').catch((cause: unknown) => {
    throw new MpiMissingError(
      `koffi, through which Node calls MPI, does not load on ${process.platform} ${process.arch}: ${String(cause)}`,
      { cause },
    );
  });
  // UCX, a transport of both families, patches the C library's memory functions to watch them: V8 crashes then.
  process.env.UCX_MEM_EVENTS ??= 'no';
  const tried: string[] = [];
  for (const name of candidates(launcher, process)) {
    let library: LibraryHandle;
    try {
      // Global: Open MPI loads its parts later, and they look for its symbols.
      library = koffi.load(name, { global: true });
    } catch (error) {
      tried.push(`${name} (${(error as Error).message})`);
      continue;
    }
    return new Mpi(library);
  }
  const advice = installAdvice('the library', libraryVariable);
  throw new MpiMissingError(`no MPI library was found. ${advice}. Tried ${tried.join(', ')}`);
}
