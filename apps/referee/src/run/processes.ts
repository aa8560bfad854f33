/** Contenders as processes of this machine. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Attempt } from './attempts.js';
import { parse } from './lines.js';

/** From the package's folder. */
const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** Far beyond what all tasks take. */
const patienceMilliseconds = 600_000;

export const inNode: Attempt = (contender, tasks, line) =>
  run(process.execPath, [path('dist/run/inNode.js'), JSON.stringify(contender), JSON.stringify(tasks)], line);

export const inPython =
  (python: string): Attempt =>
  (_, tasks, line) =>
    run(python, [path('scripts/torchContender.py'), JSON.stringify(tasks)], line);

/** @returns undefined if it ends well, or how it ends */
function run(
  program: string,
  parameters: string[],
  line: Parameters<Attempt>[2],
): Promise<string | undefined> {
  const child = spawn(program, parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: patienceMilliseconds,
    killSignal: 'SIGKILL',
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    const parsed = parse(text);
    if (parsed) line(parsed);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) =>
      resolve(code === 0 ? undefined : `${signal ?? `exit code ${code}`}: ${reasonIn(complaints)}`),
    );
  });
}

/** Of what a process writes before it ends: its error, or the last line. */
const reasonIn = (text: string): string =>
  /^\w*Error.*$/m.exec(text)?.[0] ?? text.trimEnd().split('\n').at(-1)!;
