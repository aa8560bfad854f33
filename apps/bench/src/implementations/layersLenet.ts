/** The same LeNet in tf.layers; its layer norm has a gamma and beta per position, where apps/lenet has them per channel. */
import type { Norm } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { Case } from '../grid/cases.js';
import { epsilon, learningRate, lenetNorm } from '../grid/operations.js';
import type { Prepared } from '../measuring/prepared.js';
import { Unsupported } from '../measuring/serve.js';
import { randomTensor } from './tfjs.js';

const classCount = 10;

export function layersLenetStep({ operation, shape }: Case): Prepared | Unsupported {
  const norm = lenetNorm(operation)!;
  const normalization = normalizations[norm];
  if (!normalization) return new Unsupported(`tf.layers has no ${norm} norm`);
  const model = lenet(normalization);
  const optimizer = tf.train.sgd(learningRate);
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  const [count, , height, width] = shape as [number, number, number, number];
  const images = randomTensor([count, height, width, 1]);
  const labels = tf.tidy(() =>
    tf.oneHot(tf.range(0, count, 1, 'int32').mod(tf.scalar(classCount, 'int32')), classCount),
  );
  return {
    run: () => model.trainOnBatch(images, labels),
    isStep: true,
    dispose() {
      model.dispose();
      optimizer.dispose();
      tf.dispose([images, labels]);
    },
  };
}

/** Axes of one sample: behind a convolution, and behind a dense layer. */
type Axes = readonly [1, 2, 3] | readonly [1];

const normalizations: Partial<Record<Norm, (axes: Axes) => tf.layers.Layer[]>> = {
  none: () => [],
  batch: () => [tf.layers.batchNormalization({ epsilon })],
  layer: (axes) => [tf.layers.layerNormalization({ epsilon, axis: [...axes] })],
};

function lenet(normalization: (axes: Axes) => tf.layers.Layer[]): tf.Sequential {
  const { conv2d, dense, activation, averagePooling2d, flatten } = tf.layers;
  const behind = (...axes: Axes) => [...normalization(axes), activation({ activation: 'sigmoid' })];
  const pool = () => averagePooling2d({ poolSize: 2, strides: 2 });
  return tf.sequential({
    layers: [
      conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5 }),
      ...[...behind(1, 2, 3), pool()],
      ...[conv2d({ filters: 16, kernelSize: 5 }), ...behind(1, 2, 3), pool(), flatten()],
      ...[dense({ units: 120 }), ...behind(1), dense({ units: 84 }), ...behind(1)],
      dense({ units: classCount, activation: 'softmax' }),
    ],
  });
}
