/** If there is no GPU, as in Node. */
import '@tensorflow/tfjs';
import { registeredBackends, useBackend } from '@bn/core';
import { expect, it } from 'vitest';
import '../src/index.js';

it('can be imported, and says that there is no such backend when it is asked for', async () => {
  expect(registeredBackends()).toContain('webgl');
  await expect(useBackend('webgl')).rejects.toMatchObject({ code: 'BN_BACKEND', message: /'webgl'/ });
});
