/**
 * The trainer's examples/s beside PyTorch's, one thread each, same network and hyper-parameters, round by round in turn.
 *
 *     npm run build && node apps/lenet/scripts/benchPytorch.mjs [rounds] [images per round]
 *
 * PyTorch is looked for in the Python that $PYTHON names, in python3 and in /usr/bin/python3.
 */
import { besidePyTorch, roundsAndSize } from '@bn/tooling/besidePyTorch';
import { noTorch } from '@bn/tooling/python';
import { createLeNet, randomStreams, startOfEpoch, train } from '../dist/index.js';
import { defaultPlaces, loadDataset, startBackend } from '../dist/node.js';

const [rounds, wanted] = roundsAndSize([9, 5120]);
const imagesPerRound = Math.min(wanted, 6000);

const { seconds, pytorch } = await besidePyTorch({
  rounds,
  ours: await startTrainer(),
  script: new URL('bench_pytorch.py', import.meta.url),
  size: imagesPerRound,
});

const speed = (time) => (imagesPerRound / time).toFixed(0);
console.log(`medians of ${rounds} rounds of ${imagesPerRound} images, batch 256, one thread`);
console.log(`trainer on wasm   ${speed(seconds)} examples/s`);
if (pytorch) {
  const [ratio, lowest, highest] = [pytorch.ratio, pytorch.lowest, pytorch.highest].map((x) => x.toFixed(2));
  console.log(`${pytorch.version.padEnd(17)} ${speed(pytorch.seconds)} examples/s`);
  console.log(`ratio             ${ratio} (from ${lowest} to ${highest})`);
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
