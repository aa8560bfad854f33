/** A run that is killed at random moments and resumed each time, beside one that was never interrupted. */
import { watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { startBackend } from '../src/run/backend.js';
import { decodeSnapshot } from '../src/training/snapshot.js';
import { folderWithImages, LenetProcess, lenet, outcomesOf, trainIn, weightsOf } from './support.js';

/** Images that a run's checkpoint has seen; 0 where there is none. It must be whole. */
async function savedImages(run: string): Promise<number> {
  const bytes = await readFile(join(run, 'checkpoint.safetensors')).catch(() => undefined);
  if (bytes === undefined) return 0;
  const { model, position } = decodeSnapshot(bytes);
  model.dispose();
  return (position.epoch - 1) * 300 + position.seen;
}

/** Resolves once the checkpoint has been replaced so many times, or the process has ended. */
async function saves(run: string, count: number, { finished }: LenetProcess): Promise<void> {
  if (count === 0) return;
  const watcher = watch(run);
  let left = count;
  const saved = new Promise<void>((resolve) => {
    watcher.on('change', (_, name) => {
      if (name === 'checkpoint.safetensors' && --left === 0) resolve();
    });
  });
  await Promise.race([saved, finished]);
  watcher.close();
}

/** Expects the same metrics and weights, to the last bit. */
export async function survivesKills(times: number): Promise<void> {
  // Checkpoints are looked into.
  await startBackend('cpu');
  const folder = await folderWithImages();
  const options = ['--epochs', String(2 * times), '--batch-size', '10', '--seed', '4'];
  const whole = await lenet(trainIn(folder, 'whole', ...options), { cwd: folder });
  expect(whole.code).toBe(0);
  const run = join(folder, 'killed');
  let kills = 0;
  let seen = 0;
  for (let first = true; kills < times; first = false) {
    const again = first
      ? trainIn(folder, 'killed', '--checkpoint-every', '1', ...options)
      : ['train', '--resume', run];
    const process = new LenetProcess(again, folder);
    await process.prints('LeNet');
    // Counted in steps, of which there are 60 for each kill: a time would hold all of them on a machine that is fast enough.
    await saves(run, Math.floor(Math.random() * 8), process);
    await sleep(Math.random() * 20);
    const { signal, stderr } = await process.kill('SIGKILL');
    expect(stderr).not.toContain('error');
    expect(signal).toBe('SIGKILL');
    kills++;
    const saved = await savedImages(run);
    expect(saved).toBeGreaterThanOrEqual(seen);
    seen = saved;
  }
  expect(seen).toBeGreaterThan(0);
  const { code, stderr } = await lenet(['train', '--resume', run], { cwd: folder });
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  expect(await outcomesOf(run)).toEqual(await outcomesOf(join(folder, 'whole')));
  expect(await weightsOf(run)).toEqual(await weightsOf(join(folder, 'whole')));
  expect((await readdir(run)).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'curves.svg',
    'metrics.jsonl',
  ]);
}
