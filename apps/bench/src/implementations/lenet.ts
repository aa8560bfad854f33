/** A training step of apps/lenet, as its trainer takes it: gather a batch, step, read loss and accuracy. */
import { BatchGatherer, createLeNet, type LabelledImages, randomStreams, takeStep } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { learningRate, lenetNorm } from '../grid/operations.js';
import { elementCount } from '../grid/shapes.js';
import type { Prepared } from '../measuring/prepared.js';

const classCount = 10;

/** Images of noise: what they show makes no difference to how long a step takes. */
export function noiseImages(shape: readonly number[]): LabelledImages {
  const count = shape[0]!;
  return {
    count,
    pixels: Uint8Array.from({ length: elementCount(shape) }, () => Math.random() * 256),
    labels: Uint8Array.from({ length: count }, (_, image) => image % classCount),
  };
}

export function lenetStep({ operation, shape }: Case): Prepared {
  const count = shape[0]!;
  const model = createLeNet({ norm: lenetNorm(operation)! }, randomStreams(0).initialization);
  const optimizer = tf.train.sgd(learningRate);
  const gatherer = new BatchGatherer(noiseImages(shape), count);
  const order = Uint32Array.from({ length: count }, (_, image) => image);
  return {
    async run() {
      const batch = gatherer.gather(order, 0);
      await takeStep(model, optimizer, batch);
      tf.dispose([batch.images, batch.labels]);
    },
    isStep: true,
    dispose() {
      model.dispose();
      optimizer.dispose();
    },
  };
}
