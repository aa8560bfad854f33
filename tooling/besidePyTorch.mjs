/**
 * Measures training here beside the same training in PyTorch, round by round in turn, so that a phase in which the machine is
 * slow falls on both.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { median } from './median.mjs';
import { pythonWithTorch } from './python.mjs';

/**
 * @param {object} options
 * @param {number} options.rounds
 * @param {() => Promise<number>} options.ours Trains a round, in seconds.
 * @param {URL} options.script PyTorch's side: prints `ready` and the version, then for each line that it reads, which is the
 *   round's size, the round's seconds.
 * @param {number} options.size
 * @returns Medians in seconds, and the ratio of the two in each round; `pytorch` is undefined if no Python has PyTorch.
 */
export async function besidePyTorch({ rounds, ours, script, size }) {
  const theirs = await startPyTorch(fileURLToPath(script), size);
  // The first round of each warms up caches and compilers.
  await ours();
  await theirs?.round();
  const seconds = { ours: [], pytorch: [] };
  for (let round = 0; round < rounds; round++) {
    seconds.ours.push(await ours());
    if (theirs) seconds.pytorch.push(await theirs.round());
  }
  theirs?.end();
  return { seconds: median(seconds.ours), pytorch: theirs && compared(theirs.version, seconds) };
}

function compared(version, { ours, pytorch }) {
  const ratios = pytorch.map((time, round) => time / ours[round]);
  return {
    version,
    seconds: median(pytorch),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}

/** PyTorch in a process of its own; undefined if there is none. */
async function startPyTorch(script, size) {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${script} ended early`);
    return value;
  };
  const version = (await next()).replace('ready', 'PyTorch');
  const round = async () => {
    child.stdin.write(`${size}\n`);
    return Number(await next());
  };
  return { version, round, end: () => child.stdin.end() };
}

/**
 * Rounds and the size of each, from the command line; ends the process if they are no positive whole numbers.
 *
 * @param {readonly number[]} defaults
 */
export function roundsAndSize(defaults) {
  const given = process.argv.slice(2);
  const wrong = given.find((text) => !Number.isInteger(Number(text)) || Number(text) < 1);
  if (wrong !== undefined) {
    console.error(`expected a positive whole number, got '${wrong}'`);
    process.exit(2);
  }
  return defaults.map((otherwise, position) => Number(given[position] ?? otherwise));
}
