/**
 * Training with and without batch norm at small and large learning rates.
 *
 *     W <- W - learningRate * dL/dW
 *
 * Number: advantage = test accuracy at the largest rate with batch norm - without. A run that diverged counts as chance, 0.1.
 * Holds if advantage >= 0.2 and the best test accuracy with batch norm is not below that without; fails if advantage <= 0.
 */
import { accuracyOn } from '../training/evaluate.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, lastPart, trainedRun } from './trainedRun.js';

const rates = [0.01, 0.1, 1, 3];
const chance = 0.1;

export const learningRates: Experiment = {
  id: 'learning-rates',
  title: 'Larger learning rates',
  claim: 'With batch norm a network trains faster, and at learning rates at which it does not train without.',
  source:
    'Santurkar and others, "How Does Batch Normalization Help Optimization?" (2018), figure 1; Bjorck and others, "Understanding Batch Normalization" (2018), figure 1',
  formula: ['W <- W - learningRate * dL/dW, with plain gradient descent'],
  rule: `Supported if at the largest rate (${rates.at(-1)}) test accuracy with batch norm is at least 0.2 above that without, and its best over the rates is not below; not supported if it is not above at all.`,
  simpler: 'Plain gradient descent at a constant rate, without momentum, weight decay or augmentation.',
  seconds: { quick: 6, full: 30 },

  async measure(context) {
    const steps = context.quick ? 60 : 200;
    const curves: Row[] = [];
    const test: Record<string, number[]> = { none: [], batch: [] };
    const variants = rates.flatMap((learningRate) =>
      (['none', 'batch'] as const).map((norm) => ({ norm, learningRate })),
    );
    await inParts(context, variants, async ({ norm, learningRate }, part) => {
      const rate = `learning rate ${learningRate}`;
      const add = (step: number, images: string, accuracy: number) =>
        curves.push({ norm, rate, panel: `${images}, ${rate}`, images, step, accuracy });
      await trainedRun(
        part,
        {
          norm,
          learningRate,
          steps,
          mayDiverge: true,
          afterStep: async (network, step) => {
            if (isMeasured(step, steps, 6)) add(step, 'test', await accuracyOn(network, context.data.test));
          },
        },
        async (network, { accuracies, divergedAt }) => {
          accuracies.forEach((_, i) => {
            if (isMeasured(i + 1, steps, 20))
              add(i + 1, 'train', lastPart(accuracies.slice(Math.max(0, i - 9), i + 1)));
          });
          const ended = divergedAt === undefined ? await accuracyOn(network, context.data.test) : chance;
          test[norm]!.push(ended);
        },
      );
    });
    const numbers: Record<string, number> = {};
    for (const norm of ['batch', 'none']) {
      rates.forEach((rate, i) => {
        numbers[`test accuracy, ${norm}, rate ${rate}`] = test[norm]![i]!;
      });
    }
    numbers.advantage = test.batch!.at(-1)! - test.none!.at(-1)!;
    numbers['best, batch'] = Math.max(...test.batch!);
    numbers['best, none'] = Math.max(...test.none!);
    return { numbers, tables: { accuracies: curves } };
  },

  holds: (n) => n.advantage! >= 0.2 && n['best, batch']! >= n['best, none']!,
  fails: (n) => n.advantage! <= 0,
  seen: (n) =>
    `At a rate of ${rates.at(-1)} test accuracy ends at ${n[`test accuracy, batch, rate ${rates.at(-1)}`]!.toFixed(2)} with batch norm and ` +
    `${n[`test accuracy, none, rate ${rates.at(-1)}`]!.toFixed(2)} without; the best of all rates are ${n['best, batch']!.toFixed(2)} and ` +
    `${n['best, none']!.toFixed(2)}.`,
  plot: ({ accuracies }) =>
    lines({
      rows: accuracies!,
      x: 'step',
      y: 'accuracy',
      xAxis: { title: 'step' },
      yAxis: { title: 'accuracy', domain: [0, 1] },
      color: 'norm',
      panel: 'panel',
    }),
};
