/**
 * Batch norm, dropout, both, neither.
 *
 *     dropout: y = x * mask / (1 - rate), mask ~ Bernoulli(1 - rate), rate 0.5, before the logits
 *
 * Number: gained = test accuracy with both - with batch norm alone.
 * Holds if gained <= 0.01: no need to mix; fails if gained > 0.01.
 */
import { accuracyOn } from '../training/evaluate.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, trainedRun } from './trainedRun.js';

const variants = [
  { name: 'neither', norm: 'none', dropout: 0 },
  { name: 'dropout', norm: 'none', dropout: 0.5 },
  { name: 'batch norm', norm: 'batch', dropout: 0 },
  { name: 'both', norm: 'batch', dropout: 0.5 },
] as const;

export const dropout: Experiment = {
  id: 'dropout',
  title: 'Batch norm and dropout',
  claim: 'With batch norm there is no need for dropout.',
  source: 'Ioffe and Szegedy, "Batch Normalization" (2015), section 3.4',
  formula: ['y = x * mask / (1 - rate), mask ~ Bernoulli(1 - rate), rate = 0.5'],
  rule: 'Supported if test accuracy with both is at most 0.01 above that with batch norm alone; not supported if it is more.',
  simpler: 'Some hundred steps on 1,000 images, dropout at one place.',
  seconds: { quick: 5, full: 18 },

  async measure(context) {
    const steps = context.quick ? 80 : 250;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    const few = {
      ...context.data,
      train: { ...context.data.train, count: Math.min(1000, context.data.train.count) },
    };
    await inParts(context, variants, async ({ name, norm, dropout: rate }, part) => {
      await trainedRun(
        { ...part, data: few },
        {
          model: { name: 'vgg', dropout: rate },
          norm,
          learningRate: 0.1,
          steps,
          mayDiverge: false,
          afterStep: async (network, step) => {
            if (!isMeasured(step, steps, 6)) return;
            const accuracy = await accuracyOn(network, context.data.test);
            rows.push({ variant: name, step, accuracy });
            numbers[`test accuracy, ${name}`] = accuracy;
          },
        },
        async () => {},
      );
    });
    numbers.gained = numbers['test accuracy, both']! - numbers['test accuracy, batch norm']!;
    return { numbers, tables: { accuracies: rows } };
  },

  holds: (n) => n.gained! <= 0.01,
  fails: (n) => n.gained! > 0.01,
  seen: (n) =>
    `Test accuracy ends at ${variants.map(({ name }) => `${n[`test accuracy, ${name}`]!.toFixed(2)} (${name})`).join(', ')}.`,
  plot: ({ accuracies }) =>
    lines({
      rows: accuracies!,
      x: 'step',
      y: 'accuracy',
      xAxis: { title: 'step' },
      yAxis: { title: 'test accuracy' },
      color: 'variant',
    }),
};
