/**
 * Who still trains when all initial weights are scaled.
 *
 *     W_0 = s * W, W by He and others (2015), s from 0.01 to 10
 *
 * Number: how many of the scales end at a train accuracy of at least 0.5, with batch norm and without.
 * Holds if there are at least two more with batch norm; fails if there are not more.
 */
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { lastPart, trainedRun } from './trainedRun.js';

const scales = [0.01, 0.1, 0.3, 1, 3, 10];
const enough = 0.5;

export const initialization: Experiment = {
  id: 'initialization',
  title: 'Less dependent on initialization',
  claim: 'With batch norm training depends less on the scale of the initial weights.',
  source: 'Ioffe and Szegedy, "Batch Normalization" (2015), section 3.3',
  formula: ['W_0 = s * W, with W normal of deviation sqrt(2 / fanIn), s from 0.01 to 10'],
  rule: `Supported if train accuracy reaches ${enough} at two scales more with batch norm than without, or at even more; not supported if at no more.`,
  simpler: 'One learning rate, 0.1, for all scales.',
  seconds: { quick: 8, full: 24 },

  async measure(context) {
    const steps = context.quick ? 60 : 150;
    const rows: Row[] = [];
    const variants = scales.flatMap((scale) => (['none', 'batch'] as const).map((norm) => ({ norm, scale })));
    const numbers: Record<string, number> = { 'scales, batch': 0, 'scales, none': 0 };
    await inParts(context, variants, async ({ norm, scale }, part) => {
      const options = { norm, scale, learningRate: 0.1, steps, mayDiverge: true };
      await trainedRun(part, options, async (_, { accuracies, divergedAt }) => {
        const accuracy = divergedAt === undefined ? lastPart(accuracies) : 0.1;
        rows.push({ norm, scale, accuracy });
        numbers[`train accuracy, ${norm}, scale ${scale}`] = accuracy;
        if (accuracy >= enough) numbers[`scales, ${norm}`]! += 1;
      });
    });
    return { numbers, tables: { accuracies: rows } };
  },

  holds: (n) => n['scales, batch']! >= n['scales, none']! + 2,
  fails: (n) => n['scales, batch']! <= n['scales, none']!,
  seen: (n) =>
    `Of ${scales.length} scales ${count(n['scales, batch']!)} train with batch norm and ${count(n['scales, none']!)} without.`,
  plot: ({ accuracies }) =>
    lines({
      rows: accuracies!,
      x: 'scale',
      y: 'accuracy',
      xAxis: { title: 'factor on the initial weights', log: true },
      yAxis: { title: 'train accuracy at the end', domain: [0, 1] },
      color: 'norm',
      points: true,
    }),
};

const count = (value: number): string => String(Math.round(value * 10) / 10);
