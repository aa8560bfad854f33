/**
 * How far the step of a batch is from the step of all images, beside its bound.
 *
 *     noise = E |alpha g_B - alpha g|_2^2 <= alpha^2 C / B,  C = E over images of |g_n - g|_2^2
 *
 * g_B is the mean gradient of a batch of B images drawn with replacement, g that of all. No norm, so that an image has a gradient.
 * Number: the largest noise / bound of all batch sizes. Holds if it is at most 1.25, for sampling; fails if it is more than 1.5.
 */
import { randomStreams } from '@bn/lenet';
import { disposeBatch, gather } from '../data/batches.js';
import { gradientAt } from '../measure/gradient.js';
import { distance, mean } from '../measure/vectors.js';
import { withNetwork } from '../models/network.js';
import type { Experiment, Row } from './experiment.js';
import { lines } from './plots.js';
import { networkFor } from './trainedRun.js';

const sizes = [4, 16, 64];
const rates = [0.01, 0.1, 1];

export const sgdNoise: Experiment = {
  id: 'sgd-noise',
  title: 'The noise of stochastic gradient descent',
  claim:
    'The noise of a step grows with the square of the learning rate and falls with the batch size: at most alpha^2 C / B.',
  source: 'Bjorck and others (2018), section 2.1 and appendix D',
  formula: ['E |alpha g_B - alpha g|^2 <= alpha^2 C / B, C = E over images of |g_n - g|^2'],
  rule: 'Supported if measured noise is at most 1.25 times the bound at every batch size (the measurement is itself a sample); not supported if it is more than 1.5 times somewhere.',
  simpler:
    'A small VGG at its first weights, on the first 256 images (128 in quick runs); 16 batches of each size.',
  seconds: { quick: 3, full: 6 },

  async measure(context) {
    const count = Math.min(context.quick ? 128 : 256, context.data.train.count);
    const draws = 16;
    const rows: Row[] = [];
    const ratios: Record<string, number> = {};
    const random = randomStreams(context.seed).shuffling;
    await withNetwork(networkFor(context, { norm: 'none' }), async (network) => {
      const at = async (numbers: readonly number[]) => {
        const batch = gather(context.data.train, numbers);
        try {
          return (await gradientAt(network, batch)).gradients;
        } finally {
          disposeBatch(batch);
        }
      };
      const full = await at(Array.from({ length: count }, (_, n) => n));
      let variance = 0;
      for (let n = 0; n < count; n++) {
        variance += distance(await at([n]), full) ** 2 / count;
        context.progress((0.5 * n) / count);
        await context.pause();
      }
      for (const size of sizes) {
        const squares: number[] = [];
        for (let draw = 0; draw < draws; draw++) {
          const numbers = Array.from({ length: size }, () => Math.floor(random.uniform(0, count)));
          squares.push(distance(await at(numbers), full) ** 2);
          await context.pause();
        }
        const noise = mean(squares);
        ratios[`noise / bound, batches of ${size}`] = noise / (variance / size);
        for (const rate of rates) {
          const row = { rate: `learning rate ${rate}`, size };
          rows.push({ ...row, kind: 'measured', noise: rate ** 2 * noise });
          rows.push({ ...row, kind: 'bound', noise: (rate ** 2 * variance) / size });
        }
      }
    });
    const largest = Math.max(...Object.values(ratios));
    return { numbers: { 'largest noise / bound': largest, ...ratios }, tables: { noise: rows } };
  },

  holds: (n) => n['largest noise / bound']! <= 1.25,
  fails: (n) => n['largest noise / bound']! > 1.5,
  seen: (n) =>
    `Measured noise is ${sizes.map((size) => `${n[`noise / bound, batches of ${size}`]!.toFixed(2)} (${size} images)`).join(', ')} of the bound.`,
  plot: ({ noise }) =>
    lines({
      rows: noise!,
      x: 'size',
      y: 'noise',
      xAxis: { title: 'images in a batch', log: true },
      yAxis: { title: 'mean square', log: true },
      color: 'kind',
      panel: 'rate',
      points: true,
    }),
};
