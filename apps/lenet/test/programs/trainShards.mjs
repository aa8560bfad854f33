/**
 * Trains LeNet in a group of processes, and on rank 0 again alone. Each member writes <folder>/<rank>.json.
 *
 *     trainShards.mjs <folder> <training images>:<batch size>:<epochs> ...
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alone, createLeNet, exportState, randomStreams, startOfEpoch, train } from '@bn/lenet';
import { defaultPlaces, loadDataset, startBackend } from '@bn/lenet/node';
import { startMpi } from '@bn/mpi';

const [folder, ...cases] = process.argv.slice(2);
const group = await startMpi();
await startBackend('wasm');
const mini = await loadDataset('mini', { places: defaultPlaces() });
const first = ({ pixels, labels }, count) => ({
  count,
  pixels: pixels.subarray(0, count * 784),
  labels: labels.subarray(0, count),
});

async function run(text, members) {
  const [trainCount, batchSize, epochs] = text.split(':').map(Number);
  const { initialization, shuffling } = randomStreams(0);
  const model = createLeNet({ norm: 'batch' }, initialization);
  const losses = [];
  const dataset = { train: first(mini.train, trainCount), test: first(mini.test, 100) };
  const history = await train(
    model,
    dataset,
    { epochs, batchSize, learningRate: 0.9, from: startOfEpoch(1, shuffling), group: members },
    { onStep: ({ batchLoss }) => void losses.push(batchLoss) },
  );
  const state = await exportState(model);
  model.dispose();
  const hash = createHash('sha256');
  for (const { data } of Object.values(state))
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const running = Object.entries(state)
    .filter(([name]) => /running/.test(name))
    .flatMap(([, { data }]) => [...data]);
  const tested = history.map(({ testLoss, testAccuracy }) => [testLoss, testAccuracy]);
  return { losses, running, tested, sha256: hash.digest('hex') };
}

const shared = [];
for (const text of cases) shared.push(await run(text, group));
const { rank } = group;
group.finalize();
const whole = [];
if (rank === 0) for (const text of cases) whole.push(await run(text, alone));
writeFileSync(join(folder, `${rank}.json`), JSON.stringify({ shared, whole }));
