/** Loss and gradients of a network at its weights, on one batch. */
import { crossEntropy } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../data/batches.js';
import type { ForwardMode } from '../models/forwardMode.js';
import { type Network, trainableOf } from '../models/network.js';

/** A point is measured with the batch's statistics, as training has them, and leaves the running ones alone. */
export const measuring: ForwardMode = { statistics: 'batch' };

/** Numbers for each variable, in the order of the variables that were asked for. */
export type Gradients = readonly Float32Array[];

export interface LossAndGradients {
  readonly loss: number;
  readonly gradients: Gradients;
}

/** The mean cross-entropy of the batch. */
export async function lossAt(network: Network, batch: Batch, mode = measuring): Promise<number> {
  const loss = tf.tidy(() => crossEntropy(network.forward(batch.images, mode), batch.labels));
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}

/** The same, with dL/dw for each of the variables; one forward and one backward pass. */
export async function gradientAt(
  network: Network,
  batch: Batch,
  variables: tf.Variable[] = trainableOf(network),
  mode = measuring,
): Promise<LossAndGradients> {
  const { value, grads } = tf.variableGrads(
    () => crossEntropy(network.forward(batch.images, mode), batch.labels),
    variables,
  );
  try {
    const gradients = await Promise.all(
      variables.map(async (variable) => (await grads[variable.name]!.data()) as Float32Array),
    );
    // The arrays may be views on memory that is used again.
    const copies = gradients.map((gradient) => gradient.slice());
    return { loss: (await value.data())[0]!, gradients: copies };
  } finally {
    tf.dispose([value, ...Object.values(grads)]);
  }
}
