/** Trains one run of a comparison, in a process of its own or in a group of several. */
import { join } from 'node:path';
import type { Dataset } from '../dataset/images.js';
import { DivergenceError, InterruptionError, messageOf } from '../errors.js';
import { peekConfiguration, RunFolder } from '../run/folder.js';
import { shareRun } from '../run/followRun.js';
import { TrainingRun } from '../run/trainingRun.js';
import { alone, type TrainingGroup, together } from '../training/group.js';
import type { Job, JobEnd } from './protocol.js';

/**
 * Trains the run from its beginning, or from where its checkpoint stands.
 *
 * @param onImages is told after each step on how many images the run has been trained
 * @param group the processes that train along by `followJob`
 */
export async function trainJob(
  job: Job,
  dataset: Dataset,
  signal: AbortSignal,
  onImages: (images: number) => void,
  group: TrainingGroup = alone,
): Promise<void> {
  const { folder, run } = await together(group, () => open(job));
  try {
    if (group.size > 1) {
      shareRun(group, { configuration: folder.configuration, checkpoint: await folder.readCheckpoint() });
    }
    const onStep = ({ epoch, seen, total }: { epoch: number; seen: number; total: number }) =>
      onImages((epoch - 1) * total + seen);
    await run.train(dataset, signal, { onStep }, group);
  } finally {
    run.dispose();
    await folder.release();
  }
}

/** Takes the folder, new or begun. */
async function open({ parent, name, configuration }: Job) {
  const path = join(parent, name);
  const begun = await peekConfiguration(path);
  const folder = begun ? await RunFolder.open(path) : await RunFolder.create(parent, name, configuration);
  try {
    return { folder, run: await TrainingRun.load(folder) };
  } catch (error) {
    await folder.release();
    throw error;
  }
}

/** How a run ended that has thrown this. */
export function endBy(error: unknown): JobEnd {
  const message = messageOf(error);
  if (error instanceof DivergenceError) return { outcome: 'diverged', message };
  return { outcome: error instanceof InterruptionError ? 'interrupted' : 'failed', message };
}
