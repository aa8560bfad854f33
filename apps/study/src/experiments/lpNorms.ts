/**
 * Other norms in the place of batch norm (models/lpNorm.ts).
 *
 *     y = gamma * (x - mean) / (1/m sum |x|^p)^(1/p) + beta, p = 1, 2, infinity
 *
 * Numbers: the smallest train accuracy of the three at the end, - that of batch norm, - that without a norm.
 * Holds if the former is at least -0.05 and the latter more than 0; fails if the latter is at most 0.
 */
import { mean } from '../measure/vectors.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, lastPart, trainedRun } from './trainedRun.js';

const lpNormNames = ['l1', 'l2', 'linf'] as const;
const norms = ['none', 'batch', ...lpNormNames] as const;

export const lpNorms: Experiment = {
  id: 'lp-norms',
  title: 'l1, l2 and l-infinity norms',
  claim:
    'Norms that do not make mean and variance 0 and 1 train as well as batch norm: it is not the only way to a smoother loss.',
  source: 'Santurkar and others (2018), section 3.3',
  formula: [
    'y = gamma * (x - mean) / (1/m sum |x|^p)^(1/p) + beta for each channel, p = 1, 2, infinity (max |x|)',
  ],
  rule: 'Supported if the worst of the three ends at a train accuracy at most 0.05 below that of batch norm and above that without a norm; not supported if it is not above that without.',
  simpler: 'One learning rate, 0.1, for all.',
  seconds: { quick: 6, full: 18 },

  async measure(context) {
    const steps = context.quick ? 60 : 200;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, norms, async (norm, part) => {
      const options = { norm, learningRate: 0.1, steps, mayDiverge: false };
      await trainedRun(part, options, async (_, { losses, accuracies }) => {
        losses.forEach((_, i) => {
          if (!isMeasured(i + 1, steps, 20)) return;
          rows.push({ norm, step: i + 1, loss: mean(losses.slice(Math.max(0, i - 9), i + 1)) });
        });
        numbers[`train accuracy, ${norm}`] = lastPart(accuracies);
      });
    });
    const worst = Math.min(...lpNormNames.map((norm) => numbers[`train accuracy, ${norm}`]!));
    numbers['worst - batch'] = worst - numbers['train accuracy, batch']!;
    numbers['worst - none'] = worst - numbers['train accuracy, none']!;
    return { numbers, tables: { losses: rows } };
  },

  holds: (n) => n['worst - batch']! >= -0.05 && n['worst - none']! > 0,
  fails: (n) => n['worst - none']! <= 0,
  seen: (n) =>
    `Train accuracy ends at ${norms.map((norm) => `${n[`train accuracy, ${norm}`]!.toFixed(2)} (${norm})`).join(', ')}.`,
  plot: ({ losses }) =>
    lines({
      rows: losses!,
      x: 'step',
      y: 'loss',
      xAxis: { title: 'step' },
      yAxis: { title: 'train loss' },
      color: 'norm',
    }),
};
