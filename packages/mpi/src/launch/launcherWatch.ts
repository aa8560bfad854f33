/** The thread of `watchLauncher`: looks twice a second whether the launcher, whose process id it is given, is still there. */
import { workerData } from 'node:worker_threads';

setInterval(() => {
  // Nothing is printed: output of a process goes through its launcher. MPI cannot be left in order from another thread.
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
}, 500);
