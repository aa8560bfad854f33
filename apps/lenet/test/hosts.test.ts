/** `train` on several hosts, of which one vanishes. */
import { join } from 'node:path';
import type { Launcher } from '@bn/tooling/disks';
import { Hosts, whyNoHosts } from '@bn/tooling/hosts';
import { survivors } from '@bn/tooling/processes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingMpi, mpirun, processesWith } from './mpi.js';
import { folderWithImages, LenetProcess, stateIn, trainIn } from './support.js';

const missing = missingMpi ?? whyNoHosts();

/** Starts a program on the first of the hosts. */
function onFirst(hosts: Hosts, { command }: Launcher): Launcher {
  const [program, ...parameters] = command;
  const inside = hosts.on(hosts.names[0]!, { program: program!, parameters });
  const variables = Object.entries(hosts.env).map(([name, value]) => `${name}=${value}`);
  return { command: ['env', ...variables, inside.program, ...inside.parameters] };
}

describe.skipIf(missing)(`train on two hosts${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  test('ends if one vanishes, says which ranks it had, and leaves a checkpoint that goes on', {
    timeout: 240_000,
  }, async () => {
    const hosts = new Hosts(2);
    onTestFinished(() => hosts.remove());
    const [first, second] = hosts.names as [string, string];
    const folder = await folderWithImages();
    const endless = trainIn(folder, 'endless', '--epochs', '100000', '--learning-rate', '0.1');
    const ranks = mpirun(3, [first, `${second}:2`]);
    const training = new LenetProcess(endless, folder, onFirst(hosts, ranks));
    await training.prints('epoch 2/');
    expect(training.stdout, training.stderr).toMatch(
      /endless, on 3 processes: rank 0 on 10\.77\.0\.1, ranks 1 and 2 on 10\.77\.0\.2$/m,
    );
    hosts.unplug(second);
    const unplugged = performance.now();
    const { code, stderr } = await training.finished;
    expect(await survivors(processesWith(folder))).toEqual([]);
    // It takes about 5 seconds, more on a busy machine.
    expect(performance.now() - unplugged).toBeLessThan(60_000);
    expect(stderr).toMatch(/lost communication with a remote daemon.*on node 10\.77\.0\.2/s);
    expect(code).not.toBe(0);
    const run = join(folder, 'endless');
    const { position, history } = await stateIn(run);
    expect(position.epoch).toBeGreaterThan(1);
    expect(history).toHaveLength(position.epoch - 1);
    // On the host of rank 0: nobody else can know that the process is gone that had the folder.
    const again = onFirst(hosts, { command: ['env'] });
    const resumed = new LenetProcess(['train', '--resume', run], folder, again);
    await resumed.prints(`epoch ${position.epoch + 1}/`);
    // The last of those that have started each other.
    process.kill(Math.max(...processesWith(run)), 'SIGINT');
    expect((await resumed.finished).code, resumed.stderr).toBe(130);
    expect((await stateIn(run)).history.length).toBeGreaterThan(history.length);
  });
});
