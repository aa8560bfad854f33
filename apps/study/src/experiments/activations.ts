/**
 * How the distribution of what goes into a layer's activation moves during training.
 *
 *     drift_t = mean over channels c of |mean_t,c - mean_0,c| / deviation_0,c + |ln(deviation_t,c / deviation_0,c)|
 *
 * on one batch that stays the same, after the norm if there is one. Number: ratio = mean drift without batch norm / with it.
 * Holds if ratio >= 1.5; fails if ratio <= 1.
 */
import { disposeBatch, firstBatch } from '../data/batches.js';
import { activationsAt, type ChannelMoments, channelMoments } from '../measure/activations.js';
import { mean, quantiles } from '../measure/vectors.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { normColors } from './plots.js';
import { isMeasured, trainedRun } from './trainedRun.js';

const layers = ['conv2.2', 'conv3.2'];
const shares = [0.05, 0.25, 0.5, 0.75, 0.95];

export const activations: Experiment = {
  id: 'activations',
  title: 'Distributions of what goes into a layer',
  claim: 'Batch norm keeps the distributions of what goes into the layers more stable during training.',
  source:
    'Ioffe and Szegedy, "Batch Normalization" (2015), section 2; Santurkar and others (2018), figure 1, who see almost no difference',
  formula: [
    'drift_t = mean over channels of |mean_t - mean_0| / deviation_0 + |ln(deviation_t / deviation_0)|',
    'ratio = mean over t of drift without batch norm / the same with it',
  ],
  rule: 'Supported if the ratio is at least 1.5 in the mean of the two layers; not supported if it is at most 1.',
  simpler: 'Two layers of a small VGG; both networks train at the same learning rate, 0.1.',
  seconds: { quick: 3, full: 8 },

  async measure(context) {
    const steps = context.quick ? 60 : 200;
    const rows: Row[] = [];
    const drifts: Record<string, number[]> = { none: [], batch: [] };
    await inParts(context, ['none', 'batch'] as const, async (norm, part) => {
      const fixed = firstBatch(context.data.train, 64);
      const first = new Map<string, ChannelMoments>();
      try {
        await trainedRun(
          part,
          {
            norm,
            learningRate: 0.1,
            steps,
            mayDiverge: false,
            afterStep: async (network, step) => {
              if (!isMeasured(step, steps, 20)) return;
              for (const [layer, values] of await activationsAt(network, fixed, 'normalized', layers)) {
                const moments = channelMoments(values);
                const start = first.get(layer) ?? moments;
                first.set(layer, start);
                const drift = driftBetween(start, moments);
                if (step > 0) drifts[norm]!.push(drift);
                const [q05, q25, q50, q75, q95] = quantiles(values.values, shares) as [
                  number,
                  number,
                  number,
                  number,
                  number,
                ];
                rows.push({ norm, layer, step, drift, q05, q25, q50, q75, q95, panel: `${layer}, ${norm}` });
              }
            },
          },
          async () => {},
        );
      } finally {
        disposeBatch(fixed);
      }
    });
    const [none, batch] = [mean(drifts.none!), mean(drifts.batch!)];
    return {
      numbers: { ratio: none / batch, 'drift, none': none, 'drift, batch': batch },
      tables: { distributions: rows },
    };
  },

  holds: ({ ratio }) => ratio! >= 1.5,
  fails: ({ ratio }) => ratio! <= 1,
  seen: (n) =>
    `Means and deviations move by ${n['drift, none']!.toFixed(2)} without and ${n['drift, batch']!.toFixed(2)} with batch norm, ` +
    `${n.ratio!.toFixed(1)} times as far; gamma and beta, which are trained, move the latter.`,
  plot: ({ distributions }) => {
    const x = { field: 'step', type: 'quantitative', title: 'step' };
    const band = (low: string, high: string, opacity: number) => ({
      mark: { type: 'area', opacity },
      encoding: {
        x,
        y: { aggregate: 'mean', field: low, type: 'quantitative', title: 'value' },
        y2: { aggregate: 'mean', field: high },
        color,
      },
    });
    const color = {
      field: 'norm',
      type: 'nominal',
      title: null,
      scale: { domain: ['none', 'batch'], range: [normColors.none, normColors.batch] },
      legend: null,
    };
    return {
      data: { values: distributions },
      facet: { field: 'panel', type: 'nominal', title: null, sort: null },
      columns: 2,
      spec: {
        width: 230,
        height: 150,
        layer: [
          band('q05', 'q95', 0.25),
          band('q25', 'q75', 0.4),
          {
            mark: { type: 'line', strokeWidth: 2 },
            encoding: { x, y: { aggregate: 'mean', field: 'q50', type: 'quantitative' }, color },
          },
        ],
      },
    };
  },
};

export function driftBetween(start: ChannelMoments, now: ChannelMoments): number {
  const drifts = Array.from(start.means, (center, channel) => {
    const [before, after] = [start.variances[channel]!, now.variances[channel]!].map((v) =>
      Math.sqrt(v + 1e-12),
    );
    return Math.abs(now.means[channel]! - center) / before! + Math.abs(Math.log(after! / before!));
  });
  return mean(drifts);
}
