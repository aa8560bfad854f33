/**
 * Batch norm with noise behind it that has another mean and deviation at each step (models/noisyBatchNorm.ts).
 *
 *     instability = mean over t and channels of |mean_t - mean_(t-1)| / deviation_(t-1) + |ln(deviation_t / deviation_(t-1))|
 *
 * of what goes into the activations. Holds if the noisy network is less stable than the one without a norm, its train accuracy at
 * the end is at most 0.05 below that with batch norm, and above that without; fails if it is not above that without.
 */
import { activationsAt, type ChannelMoments, channelMoments } from '../measure/activations.js';
import { mean } from '../measure/vectors.js';
import { driftBetween } from './activations.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, lastPart, trainedRun } from './trainedRun.js';

const layer = 'conv3.2';
const norms = ['none', 'batch', 'noisyBatch'] as const;

export const noisyBatchNorm: Experiment = {
  id: 'noisy-batch-norm',
  title: 'Noise after the norm',
  claim:
    'With noise that makes the distributions less stable than without any norm, batch norm still trains about as well: stable distributions are not why it works.',
  source: 'Santurkar and others (2018), section 2.1, figure 2 and appendix A',
  formula: [
    'y = s * batchNorm(x) + m, m ~ U(mu - 0.1, mu + 0.1), s ~ N(sigma, 0.1^2) for each sample and channel',
    'mu ~ U(-0.5, 0.5), sigma ~ U(1, 1.25) for each channel, drawn anew at each step',
    'instability = mean of |mean_t - mean_(t-1)| / deviation_(t-1) + |ln(deviation_t / deviation_(t-1))|',
  ],
  rule: 'Supported if the noisy network is less stable than the one without a norm, ends at a train accuracy at most 0.05 below that with batch norm, and above that without; not supported if it is not above that without.',
  simpler: 'The noise is one number for each channel and image, not for each pixel; one layer is looked at.',
  seconds: { quick: 5, full: 14 },

  async measure(context) {
    const steps = context.quick ? 60 : 200;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, norms, async (norm, part) => {
      let before: ChannelMoments | undefined;
      const changes: number[] = [];
      await trainedRun(
        part,
        {
          norm,
          learningRate: 0.1,
          steps,
          mayDiverge: false,
          beforeStep: async (network, step, batch) => {
            // In pairs of steps, which is enough and costs less than each of them.
            if (step % 5 > 1) return;
            const seen = await activationsAt(network, batch, 'normalized', [layer]);
            const now = channelMoments(seen.get(layer)!);
            if (before !== undefined && step % 5 === 1) {
              changes.push(driftBetween(before, now));
              rows.push({
                norm,
                step,
                value: changes.at(-1)!,
                panel: 'change of the distribution in a step',
              });
            }
            before = now;
          },
        },
        async (_, { accuracies }) => {
          accuracies.forEach((_, i) => {
            if (!isMeasured(i + 1, steps, 20)) return;
            const value = mean(accuracies.slice(Math.max(0, i - 9), i + 1));
            rows.push({ norm, step: i + 1, value, panel: 'train accuracy' });
          });
          numbers[`train accuracy, ${norm}`] = lastPart(accuracies);
        },
      );
      numbers[`instability, ${norm}`] = mean(changes);
    });
    return { numbers, tables: { curves: rows } };
  },

  holds: (n) =>
    n['instability, noisyBatch']! > n['instability, none']! &&
    n['train accuracy, noisyBatch']! >= n['train accuracy, batch']! - 0.05 &&
    n['train accuracy, noisyBatch']! > n['train accuracy, none']!,
  fails: (n) => n['train accuracy, noisyBatch']! <= n['train accuracy, none']!,
  seen: (n) =>
    `Train accuracy ends at ${n['train accuracy, noisyBatch']!.toFixed(2)} with noise, ${n['train accuracy, batch']!.toFixed(2)} with plain ` +
    `batch norm and ${n['train accuracy, none']!.toFixed(2)} without a norm, while the noisy distribution changes by ` +
    `${n['instability, noisyBatch']!.toFixed(2)} from step to step, against ${n['instability, batch']!.toFixed(2)} and ${n['instability, none']!.toFixed(2)}.`,
  plot: ({ curves }) =>
    lines({
      rows: curves!,
      x: 'step',
      y: 'value',
      xAxis: { title: 'step' },
      yAxis: { title: 'value' },
      color: 'norm',
      panel: 'panel',
      ownScales: true,
    }),
};
