/** The command line tells what a person can act on in a line, without a stack. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = (parameters: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [main, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('the command', () => {
  it('says what to install if there is no mpirun', () => {
    const { status, stderr } = run(['groups'], { BN_MPIRUN: '/nowhere/mpirun' });
    expect(stderr).toMatch(/^error: \/nowhere\/mpirun, .* was not found\. Install Open MPI .*\n$/);
    expect(status).toBe(1);
  });

  it('makes a measurement that fails once more, and says why it fails', () => {
    const { status, stdout, stderr } = run(['groups'], { BN_MPIRUN: '/bin/false' });
    expect(stdout.match(/^failed: \/bin\/false ended with exit code 1/gm)).toHaveLength(2);
    expect(stderr).toMatch(/^error: groups could not be measured: \/bin\/false ended with exit code 1: \n$/);
    expect(status).toBe(1);
  });

  it('refuses a part that there is not', () => {
    const { status, stderr } = run(['group']);
    expect(stderr).toContain("'group' is invalid");
    expect(status).toBe(2);
  });
});
