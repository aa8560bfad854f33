/**
 * The gradient at the logits, by image and class, before training.
 *
 *     dL_n/dz_nc = softmax(z_n)_c - [c = label_n]
 *
 * Number: share = images whose largest probability is at the class that has it most often.
 * Holds if share without a norm is at least 0.9, and at least 0.2 above that with batch norm; fails if it is not above that.
 */
import * as tf from '@tensorflow/tfjs';
import { disposeBatch, firstBatch } from '../data/batches.js';
import { measuring } from '../measure/gradient.js';
import { logitsOf, withNetwork } from '../models/network.js';
import { type Experiment, inParts, type Row } from './experiment.js';
import { heatMap } from './plots.js';
import { networkFor } from './trainedRun.js';

const images = 32;
const classes = 10;

export const classGradients: Experiment = {
  id: 'class-gradients',
  title: 'Which class the images push',
  claim:
    'Without a norm nearly all images give the same class the largest probability at the start, so that their gradients push the same way; with batch norm they do not.',
  source: 'Bjorck and others (2018), section 3.2, figure 6',
  formula: [
    'dL_n/dz_nc = softmax(z_n)_c - [c = label_n]',
    'share = images whose largest softmax(z_n)_c is at the most frequent class',
  ],
  rule: 'Supported if the share without a norm is at least 0.9, and at least 0.2 above that with batch norm; not supported if it is not above.',
  simpler: 'A ResNet of 110 layers of a quarter of the width.',
  seconds: { quick: 2, full: 4 },

  async measure(context) {
    const model = { name: 'resnet', depth: 110, width: 4 } as const;
    const rows: Row[] = [];
    const numbers: Record<string, number> = {};
    await inParts(context, ['none', 'batch'] as const, async (norm) => {
      await withNetwork(networkFor(context, { model, norm, kind: 'xavier' }), async (network) => {
        const batch = firstBatch(context.data.train, 256);
        const probabilities = tf.tidy(() => tf.softmax(logitsOf(network, batch.images, measuring)));
        const [values, labels] = await Promise.all([probabilities.data(), batch.labels.data()]);
        const count = labels.length;
        const largest = new Array<number>(classes).fill(0);
        for (let image = 0; image < count; image++) {
          const row = values.slice(image * classes, (image + 1) * classes);
          largest[row.indexOf(Math.max(...row))]! += 1;
          if (image >= images) continue;
          row.forEach((probability, c) => {
            rows.push({
              norm,
              panel: norm,
              image,
              class: c,
              gradient: probability - (labels[image] === c ? 1 : 0),
            });
          });
        }
        numbers[`share, ${norm}`] = Math.max(...largest) / count;
        tf.dispose(probabilities);
        disposeBatch(batch);
      });
    });
    return { numbers, tables: { gradients: rows } };
  },

  holds: (n) => n['share, none']! >= 0.9 && n['share, none']! >= n['share, batch']! + 0.2,
  fails: (n) => n['share, none']! <= n['share, batch']!,
  seen: (n) =>
    `${(100 * n['share, none']!).toFixed(0)}% of the images agree on a class without a norm, ${(100 * n['share, batch']!).toFixed(0)}% with batch norm.`,
  plot: ({ gradients }) =>
    heatMap({
      rows: gradients!.filter(({ seed }) => seed === 0),
      x: { field: 'class', title: 'class' },
      y: { field: 'image', title: 'image' },
      color: 'gradient',
      colorTitle: 'dL/dz',
      around0: 1,
      panel: 'panel',
    }),
};
