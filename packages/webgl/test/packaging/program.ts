// One training step of a BatchNorm on tfjs's webgl backend; Node, which has no WebGL, is told so.
import * as tf from '@tensorflow/tfjs';
import '@bn/webgl';
import { BatchNorm, useBackend } from '@bn/core';

const x = tf.tensor2d([1, 10, 2, 20, 3, 60], [3, 2]);
const expected = [0.9, 0.916, 1.4, 1.509, 1.9, 3.885];

async function train(): Promise<string> {
  await useBackend('webgl');
  const norm = new BatchNorm({ numFeatures: 2 });
  const cost = () => norm.apply(x, { training: true }).sub(1).square().mean().asScalar();
  tf.train.sgd(0.5).minimize(cost, false, norm.trainableWeights);
  const y = await norm.apply(x, { training: false }).data();
  return y.every((value, i) => Math.abs(value - (expected[i] ?? NaN)) < 2e-3) ? 'as expected' : y.join(' ');
}

const inNode = typeof document === 'undefined';
const outcome = await train().catch((error: { code?: string }) => (inNode ? error.code : String(error)));
console.log(inNode && outcome === 'BN_BACKEND' ? 'as expected' : outcome); // as expected
