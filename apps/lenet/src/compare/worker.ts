/** A process that trains one run of a comparison: each has a tfjs and its memory to itself. */
import { join } from 'node:path';
import { defaultPlaces, loadDataset } from '../dataset/resolve.js';
import { DivergenceError, InterruptionError, messageOf } from '../errors.js';
import { startBackend } from '../run/backend.js';
import { peekConfiguration, RunFolder } from '../run/folder.js';
import { TrainingRun } from '../run/trainingRun.js';
import type { Job, Outcome, Report } from './protocol.js';

/** Between two reports of progress. */
const reportMilliseconds = 500;

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
// A comparison that was killed takes its workers along; they save what they have.
process.on('disconnect', () => controller.abort());
process.once('message', (job: Job) => void work(job));

const report = (message: Report): void => {
  if (process.connected) process.send!(message);
};

async function work(job: Job): Promise<void> {
  try {
    await trainRun(job);
    report({ kind: 'end', outcome: 'finished', message: '' });
  } catch (error) {
    report({ kind: 'end', outcome: outcomeOf(error), message: messageOf(error) });
  }
  if (process.connected) process.disconnect();
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof DivergenceError) return 'diverged';
  return error instanceof InterruptionError ? 'interrupted' : 'failed';
}

async function trainRun({ parent, name, configuration, threads }: Job): Promise<void> {
  const { dataset: data, backend } = configuration;
  const choice = data.name === 'custom' ? data.path : data.name;
  const dataset = await loadDataset(choice, { places: defaultPlaces(), signal: controller.signal });
  await startBackend(backend, threads);
  const path = join(parent, name);
  const begun = await peekConfiguration(path);
  const folder = begun ? await RunFolder.open(path) : await RunFolder.create(parent, name, configuration);
  try {
    const run = await TrainingRun.load(folder);
    let reported = 0;
    await run.train(dataset, controller.signal, {
      onStep: ({ epoch, seen, total }) => {
        if (performance.now() - reported < reportMilliseconds) return;
        reported = performance.now();
        report({ kind: 'progress', images: (epoch - 1) * total + seen });
      },
    });
    run.dispose();
  } finally {
    await folder.release();
  }
}
