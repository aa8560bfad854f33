/**
 * Means and variances of channels by depth, at the start and while a network without a norm diverges.
 *
 *     moment(layer, channel) = 1/m sum x^2 of what goes into the activation
 *
 * Numbers: growth = mean moment of the last convolution before the end of the run / the same at the start.
 * Holds if growth without batch norm is at least 100 and with it at most a tenth of that; fails if it is smaller without.
 */
import { disposeBatch, firstBatch } from '../data/batches.js';
import { activationsAt, channelMoments as momentsOf } from '../measure/activations.js';
import { mean } from '../measure/vectors.js';
import type { Network } from '../models/network.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { heatMap } from './plots.js';
import { trainedRun } from './trainedRun.js';

const learningRate = 0.1;
const steps = 8;
const shownEvery = 6;

export const channelMoments: Experiment = {
  id: 'channel-moments',
  title: 'Channels while a run diverges',
  claim:
    'At a large learning rate the means and variances of channels without batch norm explode, the more the deeper the layer; with it they do not.',
  source: 'Bjorck and others (2018), section 3, figures 4 and 5',
  formula: [
    'moment of layer l, channel c = mean^2 + variance of what goes into the activation',
    'growth = moment of the last convolution at the end / at the start',
  ],
  rule: 'Supported if without batch norm the last convolution grows at least 100 times, and with it at most a tenth as much; not supported if it grows less without.',
  simpler:
    'A ResNet of 110 layers of a quarter of the width, at a rate of 0.1, until it diverges or 8 steps are done.',
  seconds: { quick: 3, full: 6 },

  async measure(context) {
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    const model = { name: 'resnet', depth: 110, width: 4 } as const;
    await inParts(context, ['none', 'batch'] as const, async (norm, part) => {
      const batch = firstBatch(context.data.train, 64);
      let start: Row[] = [];
      let last: Row[] = [];
      const look = async (network: Network) => {
        const now = await momentsBy(network, batch);
        if (now.every(({ moment }) => Number.isFinite(moment as number))) last = now;
        if (start.length === 0) start = now;
      };
      const options = { model, norm, kind: 'xavier', learningRate, steps, mayDiverge: true } as const;
      await trainedRun(part, { ...options, afterStep: look }, async (_, { divergedAt }) => {
        numbers[`diverged, ${norm}`] = divergedAt === undefined ? 0 : 1;
      });
      disposeBatch(batch);
      for (const [when, values] of Object.entries({ 'at the start': start, 'at the end': last })) {
        rows.push(...values.map((row) => ({ norm, when, panel: `${norm}, ${when}`, ...row })));
      }
      numbers[`growth, ${norm}`] = deepest(last) / deepest(start);
    });
    return { numbers, tables: { moments: rows } };
  },

  holds: (n) => n['growth, none']! >= 100 && n['growth, batch']! <= n['growth, none']! / 10,
  fails: (n) => n['growth, none']! < n['growth, batch']!,
  seen: (n) =>
    `In a few steps the last convolution's channels grow ${n['growth, none']!.toExponential(0)} times without batch norm, and ` +
    `${n['growth, batch']!.toPrecision(2)} times with it.`,
  plot: ({ moments }) =>
    heatMap({
      // Each of 109 convolutions would be a column too thin to see.
      rows: moments!.filter(({ seed, depth }) => seed === 0 && (depth as number) % shownEvery === 1),
      x: { field: 'depth', title: 'convolution (each sixth)' },
      y: { field: 'channel', title: 'channel' },
      color: 'moment',
      colorTitle: 'mean^2 + variance',
      log: true,
      panel: 'panel',
    }),
};

async function momentsBy(network: Network, batch: Parameters<typeof activationsAt>[1]): Promise<Row[]> {
  const seen = [...(await activationsAt(network, batch, 'normalized'))].slice(0, -1);
  return seen.flatMap(([layer, activation], depth) => {
    const { means, variances } = momentsOf(activation);
    return Array.from(means, (center, channel) => ({
      layer,
      depth: depth + 1,
      channel,
      mean: center,
      variance: variances[channel]!,
      moment: center ** 2 + variances[channel]!,
    }));
  });
}

const deepest = (rows: readonly Row[]): number => {
  const depth = Math.max(...rows.map((row) => row.depth as number));
  return mean(rows.filter((row) => row.depth === depth).map((row) => row.moment as number));
};
