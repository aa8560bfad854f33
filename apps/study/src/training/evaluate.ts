/** The share of images that a network gets right. */
import { countCorrect } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import { inTurn } from '../data/batches.js';
import type { ImageSet } from '../data/images.js';
import type { ForwardMode } from '../models/forwardMode.js';
import type { Network } from '../models/network.js';

const largestBatch = 250;

/** @param batchSize matters only with the batch's statistics */
export async function accuracyOn(
  network: Network,
  images: ImageSet,
  statistics: ForwardMode['statistics'] = 'running',
  batchSize = largestBatch,
): Promise<number> {
  let correct = 0;
  for (const batch of inTurn(images, batchSize)) {
    const hits = tf.tidy(() => countCorrect(network.forward(batch.images, { statistics }), batch.labels));
    correct += (await hits.data())[0]!;
    hits.dispose();
  }
  return correct / images.count;
}
