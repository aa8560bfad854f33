/**
 * The loss after one step along the gradient, beside the loss before it, over step sizes, in the first batches.
 *
 *     relative loss(s) = L(w - s g) / L(w)
 *
 * Number: the largest s up to which the relative loss stays at most 1, with batch norm / without, the geometric mean of the batches.
 * Holds if it is at least 10; fails if it is at most 1.
 */
import { relativeLosses } from '../measure/landscape.js';
import { geometricMean } from '../measure/vectors.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { trainedRun } from './trainedRun.js';

const sizes = Array.from({ length: 15 }, (_, i) => 10 ** (-5 + i / 2));
const batches = 3;

export const relativeLoss: Experiment = {
  id: 'relative-loss',
  title: 'How far a step may go',
  claim:
    'Without batch norm only tiny steps along the gradient lower the loss; with it, steps orders of magnitude larger do.',
  source: 'Bjorck and others (2018), section 3, figure 3',
  formula: ['relative loss(s) = L(w - s g) / L(w), in the first, second and third batch'],
  rule: 'Supported if the largest step up to which the loss does not rise is at least 10 times larger with batch norm; not supported if it is not larger.',
  simpler:
    'A ResNet of 110 layers of a quarter of the width. If its loss before the step is far above chance, a step that silences the network lowers it, and counts as one that may be taken.',
  seconds: { quick: 5, full: 15 },

  async measure(context) {
    const rows: Row[] = [];
    const largest: Record<string, number> = {};
    const model = { name: 'resnet', depth: 110, width: 4 } as const;
    const variants = [
      { norm: 'none', learningRate: 0.0001 },
      { norm: 'batch', learningRate: 0.1 },
    ] as const;
    await inParts(context, variants, async ({ norm, learningRate }, part) => {
      const found: number[] = [];
      const options = {
        model,
        norm,
        kind: 'xavier',
        learningRate,
        steps: batches,
        mayDiverge: false,
      } as const;
      await trainedRun(
        part,
        {
          ...options,
          beforeStep: async (network, step, batch) => {
            const ratios = await relativeLosses(network, batch, sizes);
            ratios.forEach((ratio, i) => {
              rows.push({ norm, panel: `batch ${step}`, size: sizes[i]!, ratio: Math.min(ratio, 1e3) });
            });
            found.push(largestDescent(ratios));
          },
        },
        async () => {},
      );
      largest[norm] = geometricMean(found);
    });
    return {
      numbers: {
        'batch / none': largest.batch! / largest.none!,
        'largest step, batch': largest.batch!,
        'largest step, none': largest.none!,
      },
      tables: { losses: rows },
    };
  },

  holds: (n) => n['batch / none']! >= 10,
  fails: (n) => n['batch / none']! <= 1,
  seen: (n) =>
    `The loss falls up to steps of ${n['largest step, batch']!.toPrecision(1)} with batch norm and ${n['largest step, none']!.toExponential(0)} without.`,
  plot: ({ losses }) =>
    lines({
      rows: losses!,
      x: 'size',
      y: 'ratio',
      xAxis: { title: 'step size', log: true },
      yAxis: { title: 'new loss / old loss', log: true },
      color: 'norm',
      panel: 'panel',
    }),
};

/** The last size before the relative loss first rises above 1, or is no number; the smallest one if it does at once. */
export function largestDescent(ratios: readonly number[]): number {
  const first = ratios.findIndex((ratio) => !(ratio <= 1));
  return sizes[first === -1 ? sizes.length - 1 : Math.max(0, first - 1)]!;
}
