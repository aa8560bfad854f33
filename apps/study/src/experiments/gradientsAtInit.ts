/**
 * Gradients in the middle of a deep residual network before training (measure/filterGradients.ts).
 *
 *     a = sum over b, x, y of |.|,  d = |sum over b, x, y|,  of the terms of the filter's gradient for image b, position (x, y)
 *
 * Numbers: ratio = deviation of the layer's gradient without batch norm / with it; agreement = d / a.
 * Holds if ratio >= 10 and agreement without batch norm is at least twice that with it; fails if ratio <= 1 and agreement is not larger.
 */
import { disposeBatch, firstBatch } from '../data/batches.js';
import { filterGradientSums } from '../measure/filterGradients.js';
import { gradientAt } from '../measure/gradient.js';
import { deviation } from '../measure/vectors.js';
import { layerOf, withNetwork } from '../models/network.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { normColors } from './plots.js';
import { networkFor } from './trainedRun.js';

const bins = 41;
const depth = 110;

export const gradientsAtInit: Experiment = {
  id: 'gradients-at-init',
  title: 'Gradients before training',
  claim:
    'Without batch norm the gradients of a deep network are large and heavy-tailed at the start, and images and positions push the same way; with it they cancel.',
  source: 'Bjorck and others (2018), sections 3.1 and 3.2, figure 2 and table 1',
  formula: [
    'dL/dW = sum over b, x, y of dL/dO(b, x, y) * I(b, x + dx, y + dy)',
    'a = sum_bxy |.|, b = sum_b |sum_xy .|, c = sum_xy |sum_b .|, d = |sum_bxy .|',
  ],
  rule: 'Supported if the deviation of the gradient is at least 10 times larger without batch norm and d / a at least twice as large; not supported if neither is larger.',
  simpler: 'A ResNet of 110 layers of a quarter of the width, on 32 images.',
  seconds: { quick: 4, full: 8 },

  async measure(context) {
    const name = `layer2.${Math.floor((depth - 2) / 12)}.conv1`;
    const histogram: Row[] = [];
    const sums: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, ['none', 'batch'] as const, async (norm) => {
      const network = networkFor(context, {
        model: { name: 'resnet', depth, width: 4 },
        norm,
        kind: 'xavier',
      });
      await withNetwork(network, async () => {
        const batch = firstBatch(context.data.train, 32);
        const { gradients } = await gradientAt(network, batch, [layerOf(network, name).weight]);
        const { absolute, perImage, perPosition, total } = await filterGradientSums(network, batch, name);
        disposeBatch(batch);
        const gradient = gradients[0]!;
        numbers[`deviation, ${norm}`] = deviation(gradient);
        numbers[`d / a, ${norm}`] = total / absolute;
        for (const [sum, value] of Object.entries({ a: absolute, b: perImage, c: perPosition, d: total })) {
          numbers[`${sum}, ${norm}`] = value;
          sums.push({ norm, sum, value });
        }
        histogram.push(...histogramOf(gradient).map((row) => ({ norm, panel: norm, ...row })));
      });
    });
    numbers.ratio = numbers['deviation, none']! / numbers['deviation, batch']!;
    return { numbers, tables: { histogram, sums } };
  },

  holds: (n) => n.ratio! >= 10 && n['d / a, none']! >= 2 * n['d / a, batch']!,
  fails: (n) => n.ratio! <= 1 && n['d / a, none']! <= n['d / a, batch']!,
  seen: (n) =>
    `The gradients' deviation is ${n['deviation, none']!.toExponential(1)} without and ${n['deviation, batch']!.toExponential(1)} with batch norm; ` +
    `of the sum of absolute terms ${(100 * n['d / a, none']!).toFixed(0)}% and ${(100 * n['d / a, batch']!).toFixed(0)}% are left when they are added with their signs.`,
  plot: ({ histogram }) => ({
    data: { values: histogram },
    facet: { field: 'panel', type: 'nominal', title: null, sort: null },
    columns: 2,
    spec: {
      width: 230,
      height: 150,
      mark: { type: 'bar' },
      encoding: {
        x: {
          field: 'low',
          type: 'quantitative',
          title: 'gradient',
          axis: { format: '~e', tickCount: 3 },
          bin: { binned: true },
        },
        x2: { field: 'high' },
        y: { field: 'count', stack: null, type: 'quantitative', title: 'weights', scale: { type: 'symlog' } },
        color: {
          field: 'norm',
          type: 'nominal',
          legend: null,
          scale: { domain: ['none', 'batch'], range: [normColors.none, normColors.batch] },
        },
      },
    },
    resolve: { scale: { x: 'independent' } },
    transform: [{ filter: 'datum.seed == 0' }],
  }),
};

/** Bins from minus to plus the largest absolute value. */
function histogramOf(values: Float32Array): { low: number; high: number; count: number }[] {
  const bound = Math.max(...values.map(Math.abs), Number.MIN_VALUE);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values)
    counts[Math.min(bins - 1, Math.floor(((value + bound) / (2 * bound)) * bins))]! += 1;
  const edge = (bin: number) => -bound + (2 * bound * bin) / bins;
  return counts.map((count, bin) => ({ low: edge(bin), high: edge(bin + 1), count }));
}
