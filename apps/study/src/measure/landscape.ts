/**
 * The loss along its own gradient (Santurkar and others, section 3.1 and figure 4). At weights w with gradient g, for steps s:
 *
 *     loss(s)   = L(w - s g)
 *     change(s) = |g(w - s g) - g|_2
 *     beta      = max over s of change(s) / |s g|_2, the effective beta-smoothness
 */
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../data/batches.js';
import { type Network, trainableOf } from '../models/network.js';
import { gradientAt, lossAt } from './gradient.js';
import { atStep, restore, snapshot } from './stepAlong.js';
import { distance, length } from './vectors.js';

export interface Landscape {
  /** L(w). */
  readonly loss: number;
  /** |g|_2. */
  readonly gradient: number;
  readonly losses: readonly number[];
  readonly changes: readonly number[];
  readonly beta: number;
}

export async function landscape(
  network: Network,
  batch: Batch,
  steps: readonly number[],
): Promise<Landscape> {
  const variables = trainableOf(network);
  const { loss, gradients } = await gradientAt(network, batch, variables);
  const losses: number[] = [];
  const changes: number[] = [];
  for (const step of steps) {
    const there = await atStep(variables, gradients, step, () => gradientAt(network, batch, variables));
    losses.push(there.loss);
    changes.push(distance(there.gradients, gradients));
  }
  const gradient = length(gradients);
  const beta = Math.max(...changes.map((change, i) => change / (steps[i]! * gradient)));
  return { loss, gradient, losses, changes, beta };
}

/** L(w - s g) / L(w) for each step s (Bjorck and others, figure 3). */
export async function relativeLosses(
  network: Network,
  batch: Batch,
  steps: readonly number[],
): Promise<number[]> {
  const variables = trainableOf(network);
  const { loss, gradients } = await gradientAt(network, batch, variables);
  const ratios: number[] = [];
  for (const step of steps) {
    ratios.push((await atStep(variables, gradients, step, () => lossAt(network, batch))) / loss);
  }
  return ratios;
}

/** The losses at (1 - t) * from + t * to for each t; the network's weights come back as they were. */
export async function lossesBetween(
  network: Network,
  batch: Batch,
  [from, to]: readonly [readonly tf.Tensor[], readonly tf.Tensor[]],
  ts: readonly number[],
): Promise<number[]> {
  const variables = trainableOf(network);
  const before = snapshot(variables);
  try {
    const losses: number[] = [];
    for (const t of ts) {
      tf.tidy(() => {
        for (const [i, variable] of variables.entries()) {
          variable.assign(tf.add(tf.mul(from[i]!, 1 - t), tf.mul(to[i]!, t)));
        }
      });
      losses.push(await lossAt(network, batch));
    }
    return losses;
  } finally {
    restore(variables, before);
    tf.dispose(before);
  }
}
