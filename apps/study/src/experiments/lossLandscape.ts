/**
 * The loss along its own gradient, at each measured step (measure/landscape.ts).
 *
 *     range = max over s of L(w - s g) - min over s, change = max over s of |g(w - s g) - g|_2, beta = max of |g(w - s g) - g|_2 / |s g|_2
 *
 * for s from 1/2 to 4 times 0.1. Numbers: each of the three in the mean over the steps, without batch norm / with it.
 * Holds if all three ratios are at least 1.2; fails if all are at most 1.
 */
import { landscape } from '../measure/landscape.js';
import { geometricMean } from '../measure/vectors.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, trainedRun } from './trainedRun.js';

const steps = [0.05, 0.1, 0.2, 0.3, 0.4];
const quantities = ['range of the loss', 'change of the gradient', 'beta'] as const;

export const lossLandscape: Experiment = {
  id: 'loss-landscape',
  title: 'A smoother loss',
  claim:
    'Batch norm makes the loss smoother along the gradient: it varies less, its gradient changes less, and the effective beta-smoothness is better.',
  source: 'Santurkar and others (2018), section 3.1, figure 4 a, b and c',
  formula: [
    'range = max - min over s of L(w - s g)',
    'change = max over s of |g(w - s g) - g|_2',
    'beta = max over s of |g(w - s g) - g|_2 / |s g|_2',
    `s = ${steps.join(', ')}`,
  ],
  rule: 'Supported if range, change and beta, in the geometric mean over the steps, are each at least 1.2 times larger without batch norm; not supported if none is larger.',
  simpler:
    'Five step sizes; both networks train at a rate of 0.1, at which the one without a norm trains too.',
  seconds: { quick: 6, full: 16 },

  async measure(context) {
    const trained = context.quick ? 40 : 150;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    const means: Record<string, number[]> = {};
    await inParts(context, ['none', 'batch'] as const, async (norm, part) => {
      const values: Record<(typeof quantities)[number], number[]> = {
        'range of the loss': [],
        'change of the gradient': [],
        beta: [],
      };
      await trainedRun(
        part,
        {
          norm,
          learningRate: 0.1,
          steps: trained,
          mayDiverge: false,
          beforeStep: async (network, step, batch) => {
            if (!isMeasured(step, trained, context.quick ? 8 : 25)) return;
            const { losses, changes, beta } = await landscape(network, batch, steps);
            const [low, high] = [Math.min(...losses), Math.max(...losses)];
            const change = Math.max(...changes);
            rows.push({ norm, step, low, high, change, beta });
            values['range of the loss'].push(high - low);
            values['change of the gradient'].push(change);
            values.beta.push(beta);
          },
        },
        async () => {},
      );
      means[norm] = quantities.map((name) => geometricMean(values[name]));
    });
    quantities.forEach((name, i) => {
      numbers[`${name}, none / batch`] = means.none![i]! / means.batch![i]!;
      for (const norm of ['none', 'batch']) numbers[`${name}, ${norm}`] = means[norm]![i]!;
    });
    return { numbers, tables: { landscape: rows } };
  },

  holds: (n) => quantities.every((name) => n[`${name}, none / batch`]! >= 1.2),
  fails: (n) => quantities.every((name) => n[`${name}, none / batch`]! <= 1),
  seen: (n) =>
    `Without batch norm ${quantities.map((name) => `the ${name} is ${n[`${name}, none / batch`]!.toPrecision(2)} times`).join(', ')} that with it.`,
  plot: ({ landscape: rows }) =>
    lines({
      rows: rows!.flatMap(({ norm, step, low, high, change, beta }) => [
        { norm: norm!, step: step!, value: low!, panel: 'loss along the gradient' },
        { norm: norm!, step: step!, value: high!, panel: 'loss along the gradient' },
        { norm: norm!, step: step!, value: change!, panel: 'change of the gradient' },
        { norm: norm!, step: step!, value: beta!, panel: 'beta' },
      ]),
      x: 'step',
      y: 'value',
      xAxis: { title: 'step' },
      yAxis: { title: 'value', log: true },
      color: 'norm',
      panel: 'panel',
      ownScales: true,
    }),
};
