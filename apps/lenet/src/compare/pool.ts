/** Runs jobs in worker processes, some at a time. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, JobEnd, JobObserver, Report, RunJobs } from './protocol.js';

/** So many runs at a time. Resolves when all jobs have ended, or, once `signal` is given, those that had begun. */
export const inWorkers =
  (workers: number, signal: AbortSignal): RunJobs =>
  async (jobs, observer) => {
    const waiting = [...jobs];
    const lane = async () => {
      for (let job = waiting.shift(); job !== undefined && !signal.aborted; job = waiting.shift()) {
        await observer.onEnd(job, await runJob(job, signal, observer));
      }
    };
    await Promise.all(Array.from({ length: workers }, lane));
  };

function runJob(job: Job, signal: AbortSignal, observer: JobObserver): Promise<JobEnd> {
  const worker = fork(fileURLToPath(new URL('worker.js', import.meta.url)), {
    // What goes wrong comes as a report; tfjs's own notices are of no use here.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stop = () => worker.kill('SIGINT');
  signal.addEventListener('abort', stop);
  let end: JobEnd | undefined;
  let errors = '';
  worker.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  worker.on('message', (report: Report) => {
    if (report.kind === 'progress') observer.onProgress(job, report.images);
    else end = report;
  });
  worker.send(job);
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('close', (code, killer) => {
      signal.removeEventListener('abort', stop);
      const message = `the process ended with ${killer ?? `code ${code}`}. ${errors}`.trim();
      resolve(end ?? { outcome: signal.aborted ? 'interrupted' : 'failed', message });
    });
  });
}
