/** `npm run train -- ...` of the repository's root. */
import { spawn } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { lenet } from './support.js';

// Nothing is installed, built or started here; what would be is looked at.
vi.mock('../../../tooling/setup.mjs', () => ({ install: () => {}, turbo: () => true }));
vi.mock('node:child_process', async (original) => ({
  ...(await original<typeof import('node:child_process')>()),
  spawn: vi.fn((await original<typeof import('node:child_process')>()).spawn),
}));

const given = process.argv;
afterEach(() => {
  process.argv = given;
});

test.each([[['predict', '--checkpoint', 'a', 'b.png']], [['--epochs', '2']], [[]]])(
  'hands %j on as it stands, and says what was typed',
  async (parameters) => {
    process.argv = ['node', 'train.mjs', ...parameters];
    const started = vi.mocked(spawn);
    started.mockReturnValueOnce({ on() {}, kill() {} } as never);
    vi.resetModules();
    await import('../../../tooling/train.mjs' as string);
    const [, [main, ...rest], options] = started.mock.lastCall as unknown as [
      string,
      string[],
      { env: { BN_COMMAND: string } },
    ];
    expect(main).toMatch(/lenet.dist.main\.js$/);
    expect(rest).toEqual(parameters);
    expect(options.env.BN_COMMAND).toBe('npm run train --');
  },
);

test('the help shows what was typed, and marks what cannot be left out', async () => {
  vi.stubEnv('BN_COMMAND', 'npm run train --');
  const help = async (...parameters: string[]) =>
    (await lenet([...parameters, '--help'], { cwd: '.' })).stdout;
  const text = await help('export');
  expect(text).toMatch(
    /^Usage: npm run train -- export --checkpoint <file> --format <kind> --output <file> \[options\]$/m,
  );
  expect(text.match(/\(required\)/g)).toHaveLength(3);
  for (const command of ['train', 'eval', 'compare', 'predict', 'export']) {
    expect(await help(command)).toMatch(/Examples:\n {2}npm run train -- /);
  }
  expect(await help()).toContain('Examples:\n  npm run train -- --epochs 2');
  vi.unstubAllEnvs();
});

test('--version prints the version', async () => {
  const { code, stdout } = await lenet(['--version'], { cwd: '.' });
  expect([code, stdout]).toEqual([0, '0.1.0\n']);
});
