/** A member that fails, in any way, ends all others, and says who it was. */
import { survivors } from '@bn/tooling/processes';
import { describe, expect, it } from 'vitest';
import { mpirunCommand } from '../src/index.js';
import { groupCommand, missingMpi, pidsIn, reason, runGroup, startGroup } from './support.js';

/** For the others to end, beside what it takes to start. */
const longest = 10;

const faults: readonly (readonly [fault: string, said: RegExp])[] = [
  ['throw', /rank 1 of 3 ends the group: Error: the cat sat on the keyboard/],
  ['reject', /rank 1 of 3 ends the group: Error: the cat sat on the keyboard/],
  ['leave', /rank 0 allReduceSum, rank 1 finalize, rank 2 allReduceSum/],
  ['exit', /rank 1 of 3 ends the group: the process ended with exit code 3/],
  ['kill', /rank 1.*signal 9|rank 1 .*killed/is],
  ['seed', /not of one run: seed is 0 on ranks 0, 2 and 7 on rank 1/],
  ['data', /images is 3 bytes with SHA-256 \w{64} on ranks 0, 2 and 3 bytes with SHA-256 \w{64} on rank 1/],
  ['missing', /seed is 0 on ranks 0, 2 and not given on rank 1/],
  ['other', /at the same time called rank 0 allGather, rank 1 barrier, rank 2 allGather/],
  ['lengths', /allReduceSum: expected equally many values of every member, got 3, 4, 3 of ranks 0 to 2/],
  [
    'shapes',
    /averageGradients: expected tensors of the same sizes .* got \[3\] on rank 0 and \[4\] on rank 1/,
  ],
  ['weights', /broadcastWeights.* got \[0, 0, 2, 2, 3\] on rank 0 and \[0, 0, 2, 3, 2\] on rank 1/],
  ['dtype', /rank 1 of 3 ends the group: DtypeError: averageGradients: .* got int32 for 'a'/],
  ['size', /OptionError: startMpi: expected a group of 5 processes, got 3/],
  ['late', /MpiError: this group was left by finalize\(\)/],
];

describe.skipIf(missingMpi)(`a member of a group${reason}`, () => {
  // Side by side, since mpirun waits for seconds before it ends what is left.
  it.concurrent.each(faults)('that fails ends the others: %s', async (fault, said) => {
    const healthy = fault === 'throw' ? await runGroup(3, 'faults.mjs', 'none') : undefined;
    const { exitCode, stderr, seconds } = await runGroup(3, 'faults.mjs', fault);
    expect(stderr).toMatch(said);
    expect(exitCode).not.toBe(0);
    expect(seconds).toBeLessThan(longest + (healthy?.seconds ?? 20));
    const pids = pidsIn(stderr);
    expect(pids).toHaveLength(3);
    expect(await survivors(pids)).toEqual([]);
  });

  it('of other versions is refused by all, each of which ends by itself', async () => {
    const { exitCode, members, stderr } = await runGroup(2, 'versions.mjs');
    const message =
      'the members of this group are not of one run: Node is "v99.0.0" on rank 0 and "v99.0.1" on rank 1';
    expect(members).toEqual([0, 1].map((rank) => ({ rank, code: 'BN_MPI_AGREEMENT', message })));
    expect(stderr).not.toContain('ends the group');
    expect(exitCode).toBe(2);
  });

  it('does not fail if Node has the program from the command line', async () => {
    const code =
      "import { startMpi } from '@bn/mpi'; await startMpi(); await new Promise((end) => setTimeout(end, 1000));";
    const parameters = ['--input-type=module', '--eval', code];
    const command = mpirunCommand({ program: process.execPath, parameters }, { processes: 2 });
    const { exitCode, stderr } = await startGroup(command).ended;
    expect(exitCode, stderr).toBe(0);
  });

  it('ends if mpirun is killed', async () => {
    const { launcher, printed, ended } = startGroup(groupCommand(3, 'faults.mjs', ['steps']));
    await printed(/^process/gm, 3);
    process.kill(launcher, 'SIGKILL');
    const { stderr } = await ended;
    expect(await survivors(pidsIn(stderr))).toEqual([]);
  });
});
