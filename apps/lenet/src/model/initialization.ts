/** The weights that training begins with. */
import * as tf from '@tensorflow/tfjs';
import type { Random } from '../random.js';
import { LeNet } from './lenet.js';
import type { Architecture } from './norms.js';

/**
 * A new network. Weights are Xavier-uniform, U(-b, b) with b = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010), and
 * biases U(-1/sqrt(fanIn), 1/sqrt(fanIn)), which is PyTorch's default and what the tutorial leaves them at.
 * Normalizations keep their own start: gamma 1, beta 0.
 */
export function createLeNet(architecture: Architecture, random: Random): LeNet {
  const model = new LeNet(architecture);
  tf.tidy(() => {
    const state = model.stateDict();
    for (const name of ['conv1', 'conv2', 'fc1', 'fc2', 'fc3']) {
      const [output, input, ...filter] = state[`${name}.weight`]!.shape as [number, number, ...number[]];
      const pixels = filter.reduce((product, size) => product * size, 1);
      const weightBound = Math.sqrt(6 / ((input + output) * pixels));
      const biasBound = 1 / Math.sqrt(input * pixels);
      state[`${name}.weight`] = uniform([output, input, ...filter], weightBound, random);
      state[`${name}.bias`] = uniform([output], biasBound, random);
    }
    model.loadStateDict(state);
  });
  return model;
}

function uniform(shape: number[], bound: number, random: Random): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, () => random.uniform(-bound, bound)),
    shape,
  );
}
