/**
 * Ends a process whose launcher has ended before it: mpirun, or its daemon on another machine. A launcher that is killed ends none of
 * its processes; they would go on without it, or wait for each other for ever.
 */
import { Worker } from 'node:worker_threads';

/** Watches until the returned function is called, in a separate thread, because functions of MPI block this one. */
export function watchLauncher(): () => void {
  // Options of Node's command line are for the program: `--input-type` refuses a thread made of a file, `--import` would run twice.
  const options = { workerData: process.ppid, execArgv: [] };
  const worker = new Worker(new URL('./launcherWatch.js', import.meta.url), options);
  worker.unref();
  return () => void worker.terminate();
}
