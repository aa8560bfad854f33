/**
 * Internal covariate shift, by the definition of Santurkar and others (measure/covariateShift.ts).
 *
 *     G  = dL/dW_i (W_1^t ... W_k^t),  G' = dL/dW_i (W_1^(t+1) ... W_(i-1)^(t+1), W_i^t ... W_k^t), on the same batch
 *
 * Number for each network: cosine of G and G', in the mean over layers and steps, with batch norm - without.
 * Holds if both are at most 0.02: batch norm does not reduce the shift; fails if both are more.
 */
import { covariateShift as shiftOf } from '../measure/covariateShift.js';
import { mean } from '../measure/vectors.js';
import type { Model } from '../models/create.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { lines } from './plots.js';
import { isMeasured, trainedRun, vgg } from './trainedRun.js';

const networks: readonly { readonly title: string; readonly model: Model; readonly learningRate: number }[] =
  [
    { title: 'VGG', model: vgg, learningRate: 0.1 },
    { title: 'deep linear', model: { name: 'deepLinear', depth: 10, width: 32 }, learningRate: 0.01 },
  ];
const margin = 0.02;

export const covariateShift: Experiment = {
  id: 'covariate-shift',
  title: 'Internal covariate shift',
  claim:
    "Batch norm does not reduce internal covariate shift, measured as the change of a layer's gradient when the layers before it move.",
  source: 'Santurkar and others (2018), section 2.2, definition 2.1 and figure 3',
  formula: [
    "G = dL/dW_i at (W_1^t ... W_k^t), G' = dL/dW_i at (W_1^(t+1) ... W_(i-1)^(t+1), W_i^t ... W_k^t), on the same batch",
    "shift: |G - G'|_2 and the cosine of G and G'",
  ],
  rule: `Supported if for both networks the mean cosine with batch norm is at most ${margin} above that without; not supported if for both it is more.`,
  simpler:
    'A linear network of 10 layers on the same images, not 25 on synthetic data; means over the layers.',
  seconds: { quick: 8, full: 20 },

  async measure(context) {
    const steps = context.quick ? 30 : 100;
    const measured = context.quick ? 5 : 10;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    const variants = networks.flatMap((network) =>
      (['none', 'batch'] as const).map((norm) => ({ ...network, norm })),
    );
    await inParts(context, variants, async ({ title, model, learningRate, norm }, part) => {
      const cosines: number[] = [];
      const differences: number[] = [];
      await trainedRun(
        part,
        {
          model,
          norm,
          kind: model.name === 'deepLinear' ? 'xavier' : 'he',
          learningRate,
          steps,
          mayDiverge: false,
          beforeStep: async (network, step, batch) => {
            if (!isMeasured(step, steps, measured)) return;
            const shifts = await shiftOf(network, batch, learningRate);
            const cosine = mean(shifts.map((shift) => shift.cosine));
            const difference = mean(shifts.map((shift) => shift.difference));
            for (const shift of shifts) rows.push({ norm, network: title, step, ...shift, panel: '' });
            cosines.push(cosine);
            differences.push(difference);
          },
        },
        async () => {},
      );
      numbers[`cosine, ${title}, ${norm}`] = mean(cosines);
      numbers[`difference, ${title}, ${norm}`] = mean(differences);
    });
    for (const { title } of networks) {
      numbers[`cosine gained, ${title}`] =
        numbers[`cosine, ${title}, batch`]! - numbers[`cosine, ${title}, none`]!;
    }
    return { numbers, tables: { shifts: rows.map(({ panel: _, ...row }) => row) } };
  },

  holds: (n) => networks.every(({ title }) => n[`cosine gained, ${title}`]! <= margin),
  fails: (n) => networks.every(({ title }) => n[`cosine gained, ${title}`]! > margin),
  seen: (n) =>
    networks
      .map(
        ({ title }) =>
          `${title}: cosine ${n[`cosine, ${title}, batch`]!.toFixed(2)} with batch norm and ${n[`cosine, ${title}, none`]!.toFixed(2)} without, ` +
          `difference ${n[`difference, ${title}, batch`]!.toPrecision(2)} and ${n[`difference, ${title}, none`]!.toPrecision(2)}`,
      )
      .join('; ') + '.',
  plot: ({ shifts }) =>
    lines({
      rows: shifts!.flatMap(({ norm, network, step, layer, difference, cosine }) => [
        { norm: norm!, step: step!, layer: layer!, value: cosine!, panel: `${network}, cosine` },
        { norm: norm!, step: step!, layer: layer!, value: difference!, panel: `${network}, difference` },
      ]),
      x: 'step',
      y: 'value',
      xAxis: { title: 'step' },
      yAxis: { title: 'mean; band: all layers' },
      color: 'norm',
      panel: 'panel',
      ownScales: true,
    }),
};
