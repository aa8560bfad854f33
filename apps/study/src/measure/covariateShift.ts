/**
 * Internal covariate shift as Santurkar and others measure it (definition 2.1). For layer i of k, on one batch:
 *
 *     G  = dL/dW_i (W_1 ... W_k)
 *     G' = dL/dW_i (W_1' ... W_(i-1)', W_i ... W_k),  W' = W - learningRate * dL/dW
 *
 * G is the gradient that a step of plain gradient descent uses; G' the one that the layer would have got if the layers before it
 * had moved first. Measured are |G - G'|_2 and the cosine between the two. The layers before move whole, with bias and norm.
 */
import type { Batch } from '../data/batches.js';
import type { Network } from '../models/network.js';
import { gradientAt } from './gradient.js';
import { atStep } from './stepAlong.js';
import { cosine, distance, length } from './vectors.js';

export interface LayerShift {
  readonly layer: string;
  readonly difference: number;
  readonly cosine: number;
  /** |G|_2. */
  readonly gradient: number;
}

/** The shift of each layer but the first, which has none before it. */
export async function covariateShift(
  network: Network,
  batch: Batch,
  learningRate: number,
): Promise<LayerShift[]> {
  const groups = network.layers.map((layer) => layer.trainable);
  const { gradients } = await gradientAt(network, batch, groups.flat());
  const shifts: LayerShift[] = [];
  // Where the gradients of the layer's own variables begin.
  let start = groups[0]!.length;
  for (let i = 1; i < groups.length; i++) {
    const weight = network.layers[i]!.weight;
    const before = groups.slice(0, i).flat();
    const after = await atStep(before, gradients.slice(0, start), learningRate, () =>
      gradientAt(network, batch, [weight]),
    );
    // A layer's weight is the first of its variables.
    const [now, moved] = [[gradients[start]!], after.gradients];
    shifts.push({
      layer: network.layers[i]!.name,
      difference: distance(now, moved),
      cosine: cosine(now, moved),
      gradient: length(now),
    });
    start += groups[i]!.length;
  }
  return shifts;
}
