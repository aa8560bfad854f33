/** Where the MPI library may be. */
import type { Launcher } from '../launch/launcher.js';

type Family = 'openmpi' | 'mpich';

/** File names for the dynamic loader: with the version of the binary interface first, as systems without headers have them. */
const names: Readonly<Record<string, Readonly<Record<Family, readonly string[]>>>> = {
  linux: {
    openmpi: ['libmpi.so.40', 'libmpi.so'],
    mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so'],
  },
  darwin: {
    // The loader does not look where Homebrew and MacPorts install.
    openmpi: [
      'libmpi.40.dylib',
      '/opt/homebrew/lib/libmpi.40.dylib',
      '/usr/local/lib/libmpi.40.dylib',
      '/opt/local/lib/openmpi-mp/libmpi.40.dylib',
    ],
    mpich: [
      'libmpi.12.dylib',
      '/opt/homebrew/lib/libmpi.12.dylib',
      '/usr/local/lib/libmpi.12.dylib',
      '/opt/local/lib/mpich-mp/libmpi.12.dylib',
    ],
  },
};

/** The environment variable with the path of the library. */
export const libraryVariable = 'BN_MPI_LIBRARY';

/** File names to try, one after the other. The library of the launcher comes first: with another, every process would be alone. */
export function candidates(
  launcher: Launcher | undefined,
  {
    platform,
    env,
  }: { readonly platform: string; readonly env: Readonly<Record<string, string | undefined>> },
): readonly string[] {
  const chosen = env[libraryVariable];
  if (chosen) return [chosen];
  const { openmpi, mpich } = names[platform] ?? names.linux!;
  return launcher === 'mpich' ? [...mpich, ...openmpi] : [...openmpi, ...mpich];
}

/** What to do if a part of MPI was not found: install it, or say by a variable of the environment where it is. */
export const installAdvice = (part: string, variable: string): string =>
  'Install Open MPI (Debian and Ubuntu: apt-get install openmpi-bin; Fedora: dnf install openmpi; macOS: brew install ' +
  `open-mpi), or set ${variable} to the path of ${part}`;
