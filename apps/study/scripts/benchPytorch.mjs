/**
 * Steps/s of the study's VGG with batch norm beside PyTorch's, one thread each, round by round in turn. Writes
 * docs/why-it-works/speed.json.
 *
 *     node apps/study/scripts/benchPytorch.mjs [rounds] [steps per round]
 *
 * PyTorch is looked for in the Python that $PYTHON names, in python3 and in /usr/bin/python3.
 */
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { crossEntropy, randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { median } from '@bn/tooling/median';
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import * as tf from '@tensorflow/tfjs';
import { createNetwork } from '../dist/models/create.js';
import { trainableOf } from '../dist/models/network.js';

const [rounds, steps] = [Number(process.argv[2] ?? 9), Number(process.argv[3] ?? 40)];

const pytorch = startPyTorch();
const version = (await pytorch.next()).replace('ready', 'PyTorch');
const ours = await startOurs();
const theirs = async () => {
  pytorch.child.stdin.write(`${steps}\n`);
  return Number(await pytorch.next());
};
// The first round of each warms up caches and compilers.
await ours();
await theirs();
const times = { ours: [], pytorch: [] };
for (let round = 0; round < rounds; round++) {
  times.ours.push(await ours());
  times.pytorch.push(await theirs());
}
pytorch.child.stdin.end();

const ratios = times.pytorch.map((time, round) => time / times.ours[round]);
const speed = {
  ours: steps / median(times.ours),
  pytorch: steps / median(times.pytorch),
  ratio: median(ratios),
  lowest: Math.min(...ratios),
  highest: Math.max(...ratios),
  rounds,
  version,
};
console.log(speed);
const folder = fileURLToPath(new URL('../../../docs/why-it-works/', import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}speed.json`, `${JSON.stringify(speed, undefined, 2)}\n`);

/** A function that takes a round of steps, in seconds. */
async function startOurs() {
  await startBackend('wasm');
  const image = { height: 14, width: 14, channels: 1 };
  const random = randomStreams(0).initialization;
  const network = createNetwork({ model: { name: 'vgg' }, norm: 'batch', random }, image);
  const images = tf.randomNormal([64, 14, 14, 1]);
  const labels = tf.tensor1d(
    Array.from({ length: 64 }, (_, i) => i % 10),
    'int32',
  );
  const optimizer = tf.train.sgd(0.1);
  const variables = trainableOf(network);
  return async () => {
    const begin = performance.now();
    for (let step = 0; step < steps; step++) {
      const loss = optimizer.minimize(
        () => crossEntropy(network.forward(images, { statistics: 'training' }), labels),
        true,
        variables,
      );
      await loss.data();
      loss.dispose();
    }
    return (performance.now() - begin) / 1000;
  };
}

function startPyTorch() {
  const python = pythonWithTorch();
  if (python === undefined) throw new Error(noTorch);
  const script = fileURLToPath(new URL('bench_pytorch.py', import.meta.url));
  const child = spawn(python, ['-B', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${script} ended early`);
    return value;
  };
  return { child, next };
}
