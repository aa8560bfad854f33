/** A process that trains one run of a comparison: each has a tfjs and its memory to itself. */
import { defaultPlaces, loadDataset } from '../dataset/resolve.js';
import { startBackend } from '../run/backend.js';
import type { Job, Report } from './protocol.js';
import { endBy, trainJob } from './trainJob.js';

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
    await train(job);
    report({ kind: 'end', outcome: 'finished', message: '' });
  } catch (error) {
    report({ kind: 'end', ...endBy(error) });
  }
  if (process.connected) process.disconnect();
}

async function train(job: Job): Promise<void> {
  const { dataset: data, backend } = job.configuration;
  const choice = data.name === 'custom' ? data.path : data.name;
  const { signal } = controller;
  const dataset = await loadDataset(choice, { places: defaultPlaces(), signal });
  await startBackend(backend, job.threads);
  let reported = 0;
  await trainJob(job, dataset, signal, (images) => {
    if (performance.now() - reported < reportMilliseconds) return;
    reported = performance.now();
    report({ kind: 'progress', images });
  });
}
