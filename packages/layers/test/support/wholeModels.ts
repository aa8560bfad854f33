/** Models of [N, 4, 3] to the same shape that have one batch norm layer, each in another way. */
import * as tf from '@tensorflow/tfjs';
import { chain, type Symbolic } from './folding.js';

type Layer = tf.layers.Layer;

/** Makes the batch norm layer. */
export type Norm = (args?: object) => Layer;

export const steps = 4;
export const input = { inputShape: [steps, 3] };

export const dense = (args = {}) =>
  tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }), ...args });

export const models: Record<string, (norm: Norm) => tf.LayersModel> = {
  'a tf.sequential': (norm) => chain(dense(input), norm(), dense()),
  'a tf.model with a branch': (norm) => {
    const start = tf.input({ shape: [steps, 3] });
    const y = dense().apply(start) as Symbolic;
    const sum = tf.layers.add().apply([y, norm().apply(y) as Symbolic]);
    return tf.model({ inputs: start, outputs: dense().apply(sum) as Symbolic });
  },
  'a nested model': (norm) => chain(chain(dense(input), norm()), dense()),
  'a model that shares it': (norm) => {
    const [start, shared] = [tf.input({ shape: [steps, 3] }), norm()];
    const once = shared.apply(dense().apply(start)) as Symbolic;
    return tf.model({ inputs: start, outputs: shared.apply(dense().apply(once)) as Symbolic });
  },
  'a model that has it in TimeDistributed': (norm) =>
    chain(dense(input), tf.layers.timeDistributed({ layer: norm() }), dense()),
};
