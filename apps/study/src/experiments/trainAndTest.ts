/**
 * Test accuracy with the statistics of the batch, with moving averages, and with exact statistics of the training images, over
 * batch sizes.
 *
 *     moving = 0.9 * moving + 0.1 * batch;  exact: mean and m/(m-1) * variance of all images, by recomputeRunningStats of @bn/core
 *
 * Numbers, of the smallest batch size: gap = best of all sizes with moving averages - its own; regained = exact - moving.
 * Holds if gap >= 0.05 and regained >= gap / 2; fails if gap >= 0.05 and regained < gap / 4, or gap <= 0.
 */
import { type BatchNorm, recomputeRunningStats } from '@bn/core';
import { inTurn } from '../data/batches.js';
import { firstImages } from '../data/images.js';
import type { Network } from '../models/network.js';
import { PlacedBatchNorm } from '../models/placedBatchNorm.js';
import { accuracyOn } from '../training/evaluate.js';
import { type Context, type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { trainedRun } from './trainedRun.js';

const sizes = [2, 4, 16, 64, 256];
const smallest = sizes[0]!;

export const trainAndTest: Experiment = {
  id: 'train-and-test',
  title: 'Statistics in training and test',
  claim:
    'The test accuracy that small batches cost is lost in the moving averages: exact statistics of the data set give it back.',
  source:
    'Ioffe and Szegedy, "Batch Normalization" (2015), section 3.1 and algorithm 2; tutorials that say small batches are bad',
  formula: [
    'moving = 0.9 * moving + 0.1 * batch',
    'exact: mean and m/(m-1) * variance over the training images, at the final weights',
  ],
  rule: 'Supported if batches of 2 lie at least 0.05 below the best size with moving averages, and exact statistics give back at least half of that; not supported if there is no gap, or less than a quarter comes back.',
  simpler:
    'The same number of images for every batch size, at a learning rate of 0.1 for 64 images and in proportion for others.',
  seconds: { quick: 14, full: 60 },

  async measure(context) {
    const images = context.quick ? 640 : 2560;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, sizes, async (size, part) => {
      const options = {
        norm: 'batch',
        batchSize: size,
        learningRate: (0.1 * size) / 64,
        mayDiverge: false,
      } as const;
      await trainedRun(part, { ...options, steps: Math.round(images / size) }, async (network) => {
        const add = (statistics: string, accuracy: number) => {
          rows.push({ size, statistics, accuracy });
          numbers[`${statistics}, batches of ${size}`] = accuracy;
        };
        add('batch', await accuracyOn(network, context.data.test, 'batch', size));
        add('moving', await accuracyOn(network, context.data.test));
        await useExactStatistics(network, context);
        add('exact', await accuracyOn(network, context.data.test));
      });
    });
    const moving = sizes.map((size) => numbers[`moving, batches of ${size}`]!);
    numbers.gap = Math.max(...moving) - moving[0]!;
    numbers.regained = numbers[`exact, batches of ${smallest}`]! - moving[0]!;
    return { numbers, tables: { accuracies: rows } };
  },

  holds: (n) => n.gap! >= 0.05 && n.regained! >= n.gap! / 2,
  fails: (n) => n.gap! <= 0 || (n.gap! >= 0.05 && n.regained! < n.gap! / 4),
  seen: (n) =>
    `With moving averages batches of ${smallest} lie ${n.gap!.toFixed(2)} below the best size; exact statistics change that by ${n.regained!.toFixed(2)}.`,
  plot: ({ accuracies }) =>
    lines({
      rows: accuracies!,
      x: 'size',
      y: 'accuracy',
      xAxis: { title: 'images in a batch', log: true },
      yAxis: { title: 'test accuracy' },
      color: 'statistics',
      points: true,
    }),
};

/** Of up to 2,000 training images, in batches of 200. */
async function useExactStatistics(network: Network, { data }: Context): Promise<void> {
  const layers: BatchNorm[] = network.layers.flatMap(({ norm }) =>
    norm instanceof PlacedBatchNorm ? [norm.layer] : [],
  );
  await recomputeRunningStats(layers, inTurn(firstImages(data.train, 2000), 200), (batch) =>
    network.forward(batch.images, { statistics: 'training' }),
  );
}
