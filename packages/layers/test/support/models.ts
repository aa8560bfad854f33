/** Models, data and files for the tests. */
import * as tf from '@tensorflow/tfjs';

/** Labelled images that a small network can tell apart: bright on one of three sides. Deterministic. */
export function images(count: number): { x: tf.Tensor4D; y: tf.Tensor2D } {
  return tf.tidy(() => {
    const labels = Array.from({ length: count }, (_, i) => i % 3);
    const noise = tf.randomNormal([count, 6, 6, 3], 0, 0.3, 'float32', 7);
    const signal = tf.tensor4d(
      labels.flatMap((label) => Array.from({ length: 108 }, (_, i) => (i % 3 === label ? 1 : -0.5))),
      [count, 6, 6, 3],
    );
    return {
      x: tf.keep(tf.add(noise, signal)) as tf.Tensor4D,
      y: tf.keep(tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 3), 'float32')) as tf.Tensor2D,
    };
  });
}

const conv = () =>
  tf.layers.conv2d({
    filters: 8,
    kernelSize: 3,
    kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
    inputShape: [6, 6, 3],
  });
const dense = () =>
  tf.layers.dense({
    units: 3,
    activation: 'softmax',
    kernelInitializer: tf.initializers.glorotNormal({ seed: 4 }),
  });

export function compiled<M extends tf.LayersModel>(model: M): M {
  model.compile({ optimizer: tf.train.sgd(0.05), loss: 'categoricalCrossentropy' });
  return model;
}

/** Convolution, this layer, relu, dense: a tf.sequential. */
export function sequentialWith(layer: tf.layers.Layer): tf.Sequential {
  return compiled(tf.sequential({ layers: [conv(), layer, tf.layers.reLU(), tf.layers.flatten(), dense()] }));
}

/** The same with a branch around the layer: a tf.model. */
export function functionalWith(layer: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [6, 6, 3] });
  const features = conv().apply(input) as tf.SymbolicTensor;
  const sum = tf.layers.add().apply([features, layer.apply(features) as tf.SymbolicTensor]);
  const output = dense().apply(tf.layers.flatten().apply(sum)) as tf.SymbolicTensor;
  return compiled(tf.model({ inputs: input, outputs: output }));
}

/** The model as a file would hold it, and read back. */
export async function savedAndLoaded(model: tf.LayersModel): Promise<tf.LayersModel> {
  return tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(model)));
}

export async function artifactsOf(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' as const };
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo };
    }),
  );
  return artifacts!;
}

export function predict(model: tf.LayersModel, x: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync() as Float32Array);
}

/** All weights of a model, by name. */
export function valuesOf(model: tf.LayersModel): number[][] {
  return model.getWeights().map((weight) => Array.from(weight.dataSync()));
}
