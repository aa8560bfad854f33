/** Which MPI library a process takes, and what it does without one. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MpiMissingError, mpirunCommand } from '../src/index.js';
import { launchedSize, launcherOf } from '../src/launch/launcher.js';
import { candidates } from '../src/library/candidates.js';
import { handlesOf } from '../src/library/handles.js';
import { loadMpi } from '../src/library/load.js';

afterEach(() => vi.unstubAllEnvs());

describe('the launcher', () => {
  it.each([
    [{}, undefined, undefined],
    [{ OMPI_COMM_WORLD_SIZE: '4', PMIX_RANK: '0' }, 'openmpi', 4],
    [{ HYDI_CONTROL_FD: '7', PMI_RANK: '1', PMI_SIZE: '2' }, 'mpich', 2],
    [{ PMI_RANK: '0' }, 'other', undefined],
    [{ PMIX_RANK: '3' }, 'other', undefined],
  ])('is known by the environment: %o', (env, launcher, size) => {
    expect(launcherOf(env)).toBe(launcher);
    expect(launchedSize(env)).toBe(size);
  });
});

describe('the library', () => {
  it('is the one that the environment names', () => {
    const env = { BN_MPI_LIBRARY: '/somewhere/libmpi.so' };
    expect(candidates('openmpi', { platform: 'linux', env })).toEqual(['/somewhere/libmpi.so']);
  });

  it.each([
    ['linux', 'openmpi', 'libmpi.so.40'],
    ['linux', 'mpich', 'libmpich.so.12'],
    ['linux', 'other', 'libmpi.so.40'],
    ['darwin', 'openmpi', 'libmpi.40.dylib'],
    ['darwin', 'mpich', 'libmpi.12.dylib'],
  ] as const)('on %s under %s is first looked for as %s', (platform, launcher, name) => {
    expect(candidates(launcher, { platform, env: {} })[0]).toBe(name);
  });

  it.each([
    ['Open MPI v4.1.4, package: Debian OpenMPI', 'openmpi', 1n],
    ['Open MPI v5.0.7, package: Open MPI', 'openmpi', 1n],
    ['MPICH Version:\t4.0.2', 'mpich', 0x44000000],
    ['Intel(R) MPI Library 2021.10 for Linux* OS', 'mpich', 0x44000000],
  ])('tells its family: %s', (version, family, world) => {
    expect(handlesOf(version, () => 1n)).toMatchObject({ family, world });
  });

  it('is of no family that is known', () => {
    expect(handlesOf('Microsoft MPI 10.1', () => 1n)).toBeUndefined();
  });

  it('is missing: the error says what to install', async () => {
    vi.stubEnv('BN_MPI_LIBRARY', '/nowhere/libmpi.so');
    const error = await loadMpi(undefined).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MpiMissingError);
    expect(error).toMatchObject({
      code: 'BN_MPI_MISSING',
      message: expect.stringMatching(
        /apt-get install openmpi-bin.*BN_MPI_LIBRARY.*\/nowhere\/libmpi\.so/s,
      ) as string,
    });
  });
});

describe('mpirun', () => {
  const command = { program: 'node', parameters: ['train.js'] };

  it('is missing: the error says what to install', () => {
    vi.stubEnv('BN_MPIRUN', '/nowhere/mpirun');
    expect(() => mpirunCommand(command, { processes: 2 })).toThrow(
      /\/nowhere\/mpirun.*was not found.*openmpi-bin.*or set BN_MPIRUN to the path of mpirun$/,
    );
  });

  it.each([0, 1.5, Number.NaN])('is not asked for %d processes', (processes) => {
    expect(() => mpirunCommand(command, { processes })).toThrow('processes must be an integer from 1 on');
  });

  it('gets the flags of its family', () => {
    vi.stubEnv('BN_MPIRUN', new URL('programs/openmpi.sh', import.meta.url).pathname);
    const parametersOf = (hosts?: string[]) =>
      mpirunCommand(command, { processes: 2, ...(hosts && { hosts }) }).parameters.join(' ');
    expect(parametersOf()).toMatch(
      /^(--allow-run-as-root )?--oversubscribe --bind-to none --mca mpi_yield_when_idle 1 -n 2 node train\.js$/,
    );
    vi.stubEnv('OMPI_MCA_mpi_yield_when_idle', '0');
    expect(parametersOf()).toMatch(/ --bind-to none -n 2 node train\.js$/);
    expect(parametersOf(['a', 'b'])).toMatch(
      / --bind-to none (--mca \S+ \d ){3}--host a,b -n 2 node train\.js$/,
    );
    vi.stubEnv('OMPI_MCA_oob_tcp_keepalive_time', '60');
    expect(parametersOf(['a', 'b'])).toMatch(
      / --bind-to none (--mca \S+ \d ){2}--host a,b -n 2 node train\.js$/,
    );
    vi.stubEnv('BN_MPIRUN', new URL('programs/openmpi5.sh', import.meta.url).pathname);
    vi.stubEnv('PRTE_MCA_oob_tcp_keepalive_intvl', '60');
    expect(parametersOf(['a', 'b'])).toMatch(
      / --mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_probes 3 --host a,b -n 2 node train\.js$/,
    );
    vi.stubEnv('BN_MPIRUN', new URL('programs/hydra.sh', import.meta.url).pathname);
    expect(parametersOf(['a', 'b'])).toBe('-hosts a,b -n 2 node train.js');
  });
});
