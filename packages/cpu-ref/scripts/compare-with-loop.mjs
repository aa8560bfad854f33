/**
 * How many times slower the reference kernels are than a plain typed-array loop written for one layout: batch norm in
 * training, forward and backward, medians. The aim is at most 3.
 *
 *     pnpm --filter @bn/cpu-ref build && node packages/cpu-ref/scripts/compare-with-loop.mjs
 */
import '@tensorflow/tfjs';
import { batchNormView } from '@bn/core';
import { cpuReferenceBackend as kernels } from '@bn/cpu-ref';
import { median } from '@bn/tooling/median';
import * as tf from '@tensorflow/tfjs-core';

const epsilon = 1e-5;
const runs = 15;

/** Batch norm of x as [batch, channels, inner], forward and backward, with nothing but loops. */
function plainLoop({ x, dy, gamma, beta }, { batch, outer, channels, inner }) {
  const rows = batch * outer;
  const m = rows * inner;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const y = new Float32Array(x.length);
  const dx = new Float32Array(x.length);
  const dGamma = new Float64Array(channels);
  const dBeta = new Float64Array(channels);

  for (let n = 0, i = 0; n < rows; n++) {
    for (let c = 0; c < channels; c++) for (let k = 0; k < inner; k++, i++) mean[c] += x[i];
  }
  for (let c = 0; c < channels; c++) mean[c] /= m;
  for (let n = 0, i = 0; n < rows; n++) {
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < inner; k++, i++) variance[c] += (x[i] - mean[c]) ** 2;
  }
  const rstd = variance.map((sum) => 1 / Math.sqrt(sum / m + epsilon));
  for (let n = 0, i = 0; n < rows; n++) {
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < inner; k++, i++) y[i] = (x[i] - mean[c]) * rstd[c] * gamma[c] + beta[c];
    }
  }
  for (let n = 0, i = 0; n < rows; n++) {
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < inner; k++, i++) {
        dBeta[c] += dy[i];
        dGamma[c] += dy[i] * (x[i] - mean[c]) * rstd[c];
      }
    }
  }
  for (let n = 0, i = 0; n < rows; n++) {
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < inner; k++, i++) {
        dx[i] = gamma[c] * rstd[c] * (dy[i] - dBeta[c] / m - ((x[i] - mean[c]) * rstd[c] * dGamma[c]) / m);
      }
    }
  }
  return { y, dx };
}

function reference({ x, dy, gamma, beta }, view) {
  const { mean, variance } = kernels.moments(x, view);
  const y = kernels.normalize(x, mean, variance, gamma, beta, view, epsilon);
  const sums = kernels.gradientSums(dy, x, mean, variance, gamma, view, epsilon);
  const dx = kernels.inputGradient(dy, x, mean, variance, gamma, sums, view, epsilon);
  for (const { dataId } of [mean, variance, ...Object.values(sums)]) tf.backend().disposeData(dataId);
  return { y, dx };
}

function millisecondsOf(run) {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return median(times);
}

await tf.setBackend('cpu');
const layouts = [
  ['images, channels first', [32, 64, 28, 28], 'channelsFirst'],
  ['images of 7x7, channels first', [32, 256, 7, 7], 'channelsFirst'],
  ['images, channels last', [32, 28, 28, 64], 'channelsLast'],
  ['images of 6 channels, channels last', [64, 24, 24, 6], 'channelsLast'],
  ['features', [4096, 256], 'channelsFirst'],
];
// Every layout runs once before any is timed, so that none is compiled for one layout only.
const settings = layouts.map(([name, shape, dataFormat]) => {
  const view = batchNormView(shape, dataFormat);
  const tensors = {
    x: tf.randomNormal(shape, 0, 1, 'float32', 1),
    dy: tf.randomNormal(shape, 0, 1, 'float32', 2),
    gamma: tf.ones([view.channels]),
    beta: tf.zeros([view.channels]),
  };
  const values = Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, tensor.dataSync()]));
  return { name, shape, view, tensors, values };
});
const runReference = ({ tensors, view }) => {
  const { y, dx } = reference(tensors, view);
  tf.backend().disposeData(y.dataId);
  tf.backend().disposeData(dx.dataId);
};
for (const setting of settings) {
  plainLoop(setting.values, setting.view);
  runReference(setting);
}
console.log('| layout | shape | plain loop, ms | reference, ms | ratio |\n| --- | --- | --- | --- | --- |');
for (const setting of settings) {
  const loop = millisecondsOf(() => plainLoop(setting.values, setting.view));
  const ours = millisecondsOf(() => runReference(setting));
  const cells = [
    setting.name,
    setting.shape.join('x'),
    loop.toFixed(1),
    ours.toFixed(1),
    (ours / loop).toFixed(2),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
