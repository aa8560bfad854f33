/**
 * Times a network of MobileNetV2's kind on tfjs's wasm backend, inference and a training step: with tfjs's batch
 * normalization, with `@bn/wasm/accelerate`, and with the BatchNormalization of @bn/layers in its place. In alternating rounds
 * of one process; the least time counts, as other work on the machine only ever adds.
 *
 *     node scripts/bench-accelerate.mjs [size of the image, default 96] [width, default 2] [batch, default 8]
 */
import { unregisterFusedBatchNorm } from '@bn/core/accelerate';
import { BatchNormalization } from '@bn/layers';
import * as tf from '@tensorflow/tfjs';
import '@bn/wasm/accelerate';
import '@bn/wasm-train';
import { useBackend } from '@bn/core';
import { registerFusedBatchNorm } from '@bn/core/accelerate';
import { mobileNet } from './mobilenet.mjs';

const [size = 96, width = 2, batch = 8] = process.argv.slice(2).map(Number);
const ROUNDS = 15;

await useBackend('wasm');
const x = tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1);
const y = tf.oneHot(
  tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  ),
  10,
);

const theirs = mobileNet(tf, { size, width });
const ours = mobileNet(tf, { size, width, normalization: () => new BatchNormalization() });
const sides = {
  "tfjs's own": { model: theirs, prepare: () => unregisterFusedBatchNorm('wasm') },
  '@bn/wasm/accelerate': {
    model: theirs,
    prepare: () => registerFusedBatchNorm('wasm', { fewestElements: 1024 }),
  },
  '@bn/layers': { model: ours, prepare: () => unregisterFusedBatchNorm('wasm') },
};
const tasks = {
  [`inference, batch of ${batch}`]: (model) => tf.tidy(() => model.predict(x).dataSync()),
  [`training step, batch of ${batch}`]: (model) => model.trainOnBatch(x, y),
};

for (const [task, run] of Object.entries(tasks)) {
  const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  // The first round compiles.
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, { model, prepare }] of Object.entries(sides)) {
      prepare();
      const start = performance.now();
      await run(model);
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  const base = Math.min(...times["tfjs's own"]);
  for (const [name, values] of Object.entries(times)) {
    const time = Math.min(...values);
    console.log(`${task}: ${name} ${time.toFixed(1)} ms (${(base / time).toFixed(1)} times as fast)`);
  }
}
