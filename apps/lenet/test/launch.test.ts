import { expect, test, vi } from 'vitest';
import { launch } from '../src/cli/launch.js';

test('no process is started after a Ctrl-C that came while the program was loaded', async () => {
  vi.stubEnv('BN_MPIRUN', '/nowhere/mpirun');
  const standing = async () => '';
  await expect(launch(2, AbortSignal.abort(new Error('told to stop')), standing)).rejects.toThrow(
    'told to stop',
  );
});
