/**
 * Runs a Node program on input that may be hostile, with limits on its time and memory: a test's own process must outlive what
 * it tests. Memory is looked at from outside, so that it counts wherever it was taken: buffers, wasm, the heap.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** From one look at the child's memory to the next. */
const LOOK_MILLISECONDS = 10;

/**
 * @param {readonly string[]} parameters The program and its parameters.
 * @param {{ seconds: number, megabytes: number, cwd?: string, input?: string }} limits
 * @returns {Promise<import('./guardedChild.mjs').Ended>}
 */
export function runGuarded(parameters, { seconds, megabytes, cwd, input = '' }) {
  const child = spawn(process.execPath, parameters, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = { code: null, exceeded: undefined, megabytes: 0, stdout: '', stderr: '' };
  const end = (limit) => {
    ended.exceeded = limit;
    child.kill('SIGKILL');
  };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      ended[name] += text;
    });
  }
  // A child that ends before it has read everything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const timer = setTimeout(() => end('time'), 1000 * seconds);
  const looking = setInterval(() => {
    ended.megabytes = Math.max(ended.megabytes, peakMegabytes(child.pid));
    if (ended.megabytes > megabytes) end('memory');
  }, LOOK_MILLISECONDS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      clearInterval(looking);
      resolve({ ...ended, code });
    });
  });
}

/** The most that a process has had at once, from Linux; 0 on other systems, where only time is limited. */
function peakMegabytes(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
