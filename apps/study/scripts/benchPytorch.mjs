/**
 * Steps/s of the study's VGG with batch norm beside PyTorch's, one thread each, round by round in turn. Writes
 * docs/why-it-works/speed.json.
 *
 *     node apps/study/scripts/benchPytorch.mjs [rounds] [steps per round]
 *
 * PyTorch is looked for in the Python that $PYTHON names, in python3 and in /usr/bin/python3.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { crossEntropy, randomStreams } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { besidePyTorch, roundsAndSize } from '@bn/tooling/besidePyTorch';
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import * as tf from '@tensorflow/tfjs';
import { createNetwork } from '../dist/models/create.js';
import { trainableOf } from '../dist/models/network.js';

const [rounds, steps] = roundsAndSize([9, 40]);
if (pythonWithTorch() === undefined) {
  console.error(noTorch);
  process.exit(1);
}

const { seconds, pytorch } = await besidePyTorch({
  rounds,
  ours: await startOurs(),
  script: new URL('bench_pytorch.py', import.meta.url),
  size: steps,
});
const { version, seconds: pytorchSeconds, ...ratios } = pytorch;
const speed = { ours: steps / seconds, pytorch: steps / pytorchSeconds, ...ratios, rounds, version };
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
