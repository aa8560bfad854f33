/**
 * The loss on the straight line between the ends of several optimizers that began at the same weights.
 *
 *     L((1 - t) W_a + t W_b), barrier = max over t of L - ((1 - t) L(W_a) + t L(W_b))
 *
 * Number: the smallest barrier of all pairs, with and without batch norm, on one batch, with its own statistics.
 * Holds if it is more than 0.1 in both; fails if the largest barrier is at most 0.1 in both.
 */
import * as tf from '@tensorflow/tfjs';
import { disposeBatch, firstBatch } from '../data/batches.js';
import { lossesBetween } from '../measure/landscape.js';
import { snapshot } from '../measure/stepAlong.js';
import { trainableOf, withNetwork } from '../models/network.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { networkFor, trainedRun } from './trainedRun.js';

const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.02, 0.9),
  adam: () => tf.train.adam(0.003),
} as const;
type Name = keyof typeof optimizers;
const names = Object.keys(optimizers) as Name[];
const pairs: readonly (readonly [Name, Name])[] = [
  ['sgd', 'momentum'],
  ['sgd', 'adam'],
  ['momentum', 'adam'],
];
const ts = Array.from({ length: 13 }, (_, i) => -0.1 + i * 0.1);
const rise = 0.1;

export const interpolation: Experiment = {
  id: 'interpolation',
  title: 'Between the ends of optimizers',
  claim:
    'Optimizers that begin at the same weights end at different places, with a higher loss between them, with batch norm and without.',
  source:
    'Im, Tao and Branson, "An Empirical Analysis of the Optimization of Deep Network Loss Surfaces" (2016)',
  formula: ['L((1 - t) W_a + t W_b)', 'barrier = max over t of L - ((1 - t) L(W_a) + t L(W_b))'],
  rule: `Supported if every pair has a barrier of more than ${rise}, with batch norm and without; not supported if none has.`,
  simpler: 'Three optimizers with one learning rate each; the loss of one batch of 256 images.',
  seconds: { quick: 5, full: 16 },

  async measure(context) {
    const steps = context.quick ? 60 : 200;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, ['none', 'batch'] as const, async (norm, part) => {
      const ends: tf.Tensor[][] = [];
      const batch = firstBatch(context.data.train, 256);
      try {
        await inParts(part, names, async (name, inner) => {
          // The optimizer's own rate counts.
          const options = { norm, learningRate: 0, steps, mayDiverge: false, optimizer: optimizers[name] };
          await trainedRun(inner, options, async (network) => {
            ends.push(snapshot(trainableOf(network)));
          });
        });
        const barriers: number[] = [];
        await withNetwork(networkFor(context, { norm }), async (network) => {
          for (const [from, to] of pairs) {
            const losses = await lossesBetween(
              network,
              batch,
              [ends[names.indexOf(from)]!, ends[names.indexOf(to)]!],
              ts,
            );
            for (const [i, t] of ts.entries()) {
              rows.push({ norm, panel: `${from} to ${to}`, t, loss: losses[i]! });
            }
            barriers.push(barrierOf(losses));
          }
        });
        numbers[`smallest barrier, ${norm}`] = Math.min(...barriers);
        numbers[`largest barrier, ${norm}`] = Math.max(...barriers);
      } finally {
        disposeBatch(batch);
        tf.dispose(ends);
      }
    });
    return { numbers, tables: { losses: rows } };
  },

  holds: (n) => Math.min(n['smallest barrier, none']!, n['smallest barrier, batch']!) > rise,
  fails: (n) => Math.max(n['largest barrier, none']!, n['largest barrier, batch']!) <= rise,
  seen: (n) =>
    `Between the ends the loss rises by ${n['smallest barrier, batch']!.toFixed(2)} to ${n['largest barrier, batch']!.toFixed(2)} with batch norm, ` +
    `and by ${n['smallest barrier, none']!.toFixed(2)} to ${n['largest barrier, none']!.toFixed(2)} without.`,
  plot: ({ losses }) =>
    lines({
      rows: losses!,
      x: 't',
      y: 'loss',
      xAxis: { title: 't' },
      yAxis: { title: 'loss' },
      color: 'norm',
      panel: 'panel',
    }),
};

/** The largest rise above the straight line between the losses at t = 0 and t = 1. */
function barrierOf(losses: readonly number[]): number {
  const [from, to] = [1, ts.length - 2];
  const rises = losses
    .slice(from, to + 1)
    .map((loss, i) => loss - ((1 - ts[from + i]!) * losses[from]! + ts[from + i]! * losses[to]!));
  return Math.max(...rises);
}
