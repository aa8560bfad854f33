import { expect, test, vi } from 'vitest';
import { pauser } from '../src/training/pause.js';

test('lets a timer run that is due, without an animation frame', async () => {
  vi.stubGlobal('requestAnimationFrame', () => {});
  const pause = pauser(undefined);
  let ran = false;
  setTimeout(() => {
    ran = true;
  }, 0);
  const start = performance.now();
  while (performance.now() - start < 5000 && !ran) await pause();
  vi.unstubAllGlobals();
  expect(ran).toBe(true);
});

test('ends with the reason of a signal', async () => {
  const controller = new AbortController();
  const pause = pauser(controller.signal);
  await pause();
  controller.abort(new Error('enough'));
  await expect(pause()).rejects.toThrow('enough');
});
