/**
 * The trainer's examples/s beside PyTorch's, one thread each, same network and hyper-parameters, round by round in turn.
 *
 *     pnpm build && node apps/lenet/scripts/benchPytorch.mjs [rounds] [images per round]
 *
 * PyTorch is looked for in the Python that $PYTHON names, in python3 and in /usr/bin/python3.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { median } from '@bn/tooling/median';
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import { createLeNet, randomStreams, startOfEpoch, train } from '../dist/index.js';
import { defaultPlaces, loadDataset, startBackend } from '../dist/node.js';

const rounds = positive(process.argv[2], 9);
const imagesPerRound = Math.min(positive(process.argv[3], 5120), 6000);
const seconds = { trainer: [], pytorch: [] };

const pytorch = await startPyTorch();
const trainer = await startTrainer();
// The first round of each warms up caches and compilers.
await trainer();
await pytorch?.round();
for (let round = 0; round < rounds; round++) {
  seconds.trainer.push(await trainer());
  if (pytorch) seconds.pytorch.push(await pytorch.round());
}
pytorch?.end();

const speed = (name) => imagesPerRound / median(seconds[name]);
console.log(`medians of ${rounds} rounds of ${imagesPerRound} images, batch 256, one thread`);
console.log(`trainer on wasm   ${speed('trainer').toFixed(0)} examples/s`);
if (pytorch) {
  const ratios = seconds.pytorch.map((time, round) => time / seconds.trainer[round]);
  console.log(`${pytorch.version.padEnd(17)} ${speed('pytorch').toFixed(0)} examples/s`);
  console.log(
    `ratio             ${median(ratios).toFixed(2)} (from ${Math.min(...ratios).toFixed(2)} ` +
      `to ${Math.max(...ratios).toFixed(2)})`,
  );
} else {
  console.log(`PyTorch left out: ${noTorch}`);
}

/** A function that trains one round, counted in seconds as the trainer counts them. */
async function startTrainer() {
  await startBackend('wasm');
  const dataset = await loadDataset('mini', { places: defaultPlaces() });
  const { initialization, shuffling } = randomStreams(0);
  const model = createLeNet({ norm: 'batch' }, initialization);
  const part = ({ pixels, labels }, count) => ({ count, pixels, labels });
  const images = { train: part(dataset.train, imagesPerRound), test: part(dataset.test, 256) };
  return async () => {
    const [metrics] = await train(model, images, {
      epochs: 1,
      batchSize: 256,
      learningRate: 0.9,
      from: startOfEpoch(1, shuffling),
    });
    return metrics.seconds;
  };
}

/** The same of PyTorch, in a process of its own; nothing where there is no PyTorch. */
async function startPyTorch() {
  const python = pythonWithTorch();
  if (python === undefined) return undefined;
  const script = fileURLToPath(new URL('bench_pytorch.py', import.meta.url));
  const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${script} ended early`);
    return value;
  };
  const version = (await next()).replace('ready', 'PyTorch');
  return {
    version,
    round: async () => {
      child.stdin.write(`${imagesPerRound}\n`);
      return Number(await next());
    },
    end: () => child.stdin.end(),
  };
}

function positive(text, otherwise) {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`expected a positive whole number, got '${text}'`);
  return value;
}
