// @bn/core without any kernels of ours: a backend of two formulas for features [N, C], and a layer that uses it.

import { BatchNorm, type NormalizationBackend, registerBackend, ShapeError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';

const read = ({ dataId }: tf.TensorInfo) => tf.backend().readSync(dataId) as Float32Array;
const write = (values: Float32Array, shape: number[]): tf.TensorInfo => ({
  dataId: tf.backend().write(values, shape, 'float32') as tf.DataId,
  shape,
  dtype: 'float32',
});
const notNeeded = (): never => {
  throw new Error('this program does not train');
};

const inferenceOnly: NormalizationBackend = {
  name: 'cpu',
  moments: notNeeded,
  normalize(xInfo, meanInfo, varianceInfo, gammaInfo, betaInfo, { channels }, epsilon) {
    const [x, mean, variance] = [read(xInfo), read(meanInfo), read(varianceInfo)];
    const [gamma, beta] = [gammaInfo && read(gammaInfo), betaInfo && read(betaInfo)];
    const y = x.map((value, i) => {
      const c = i % channels;
      const xhat = (value - (mean[c] ?? 0)) / Math.sqrt((variance[c] ?? 1) + epsilon);
      return xhat * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0);
    });
    return write(y, xInfo.shape);
  },
  gradientSums: notNeeded,
  inputGradient: notNeeded,
};

registerBackend(inferenceOnly);
await useBackend('cpu');

const norm = new BatchNorm({ numFeatures: 2 });
norm.loadStateDict({
  ...norm.stateDict(),
  running_mean: tf.tensor1d([1, 10]),
  running_var: tf.tensor1d([4, 25]),
});
const y = norm.apply(tf.tensor2d([[3, 0]]), { training: false });
console.log(Array.from(y.dataSync(), (value) => value.toFixed(3)).join(' ')); // 1.000 -2.000

try {
  norm.apply(tf.zeros([2, 3]), { training: false });
} catch (error) {
  if (error instanceof ShapeError) console.log(error.code); // BN_SHAPE
}
