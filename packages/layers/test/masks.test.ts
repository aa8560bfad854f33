/**
 * Which mask reaches a BatchNormalization in a model: the one that the graph brings to its input, and no other. The moving
 * statistics after a step of model.fit, with momentum 0, are held against float64 sums over the right positions.
 */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { BatchNormalization } from '../src/index.js';
import { expectClose } from './support/compare.js';
import { artifactsOf } from './support/models.js';
import { movingOf, statisticsOf } from './support/statistics.js';

beforeAll(() => useBackend('cpu'));

type Symbolic = tf.SymbolicTensor;
/** Whether the position of a sample counts. */
type Counts = (index: number[]) => boolean;

const padding = 9;
const [samples, steps, features] = [4, 6, 3] as const;
const lengths = [6, 4, 3, 5];
const otherLengths = [2, 6, 5, 4];
const isReal: Counts = ([n, t]) => t! < lengths[n!]!;
const isReallyOther: Counts = ([n, t]) => t! < otherLengths[n!]!;

function sequences(ends: number[], seed: number): tf.Tensor3D {
  const values = tf.randomNormal([samples, steps, features], 1, 1.5, 'float32', seed).dataSync();
  const at = (i: number) => [Math.floor(i / (steps * features)), Math.floor(i / features) % steps] as const;
  return tf.tensor3d(
    values.map((value, i) => (at(i)[1] < ends[at(i)[0]]! ? value : padding)),
    [samples, steps, features],
  );
}
const tokens = tf.tensor2d(
  Array.from({ length: samples * steps }, (_, i) =>
    i % steps < lengths[Math.floor(i / steps)]! ? 1 + (i % 4) : 0,
  ),
  [samples, steps],
);

const apply = (layer: tf.layers.Layer, ...inputs: Symbolic[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Symbolic;
const masked = (x: Symbolic) => apply(tf.layers.masking({ maskValue: padding }), x);
const lstm = (returnSequences: boolean) =>
  tf.layers.lstm({ units: 5, returnSequences, kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }) });
const dense = (units = 4) =>
  tf.layers.dense({ units, kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }) });
const conv1d = () =>
  tf.layers.conv1d({
    ...{ filters: 4, kernelSize: 3, padding: 'same' as const },
    kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
  });
const norm = () => new BatchNormalization({ momentum: 0 });
const input = () => tf.input({ shape: [steps, features] });

/** A model with one BatchNormalization, what goes into that, and which positions count. */
interface Pipeline {
  inputs: Symbolic[];
  /** What `bn` is applied to. */
  into: Symbolic;
  bn: BatchNormalization;
  output: Symbolic;
  counts?: Counts;
}

/** Layers on one input, the BatchNormalization at the end of them, and a dense layer. */
function chain(counts: Counts | undefined, ...layers: tf.layers.Layer[]): Pipeline {
  const x = input();
  const into = layers.reduce((at, layer) => apply(layer, at), x);
  const bn = norm();
  return { inputs: [x], into, bn, output: apply(dense(), apply(bn, into)), ...(counts && { counts }) };
}

const masking = () => tf.layers.masking({ maskValue: padding });

/** A masked branch and one without a mask, of the same length, with the BatchNormalization where `place` puts it. */
function branches(
  order: (masked: Symbolic, free: Symbolic) => Symbolic[],
  place: 'masked' | 'free' | 'after',
  merge: () => tf.layers.Layer = () => tf.layers.concatenate(),
): Pipeline {
  const [x, other] = [input(), input()];
  const bn = norm();
  const into = { masked: apply(dense(), masked(x)), free: apply(dense(), other) };
  const ends = { ...into, ...(place !== 'after' && { [place]: apply(bn, into[place]) }) };
  const merged = apply(merge(), ...order(ends.masked, ends.free));
  return {
    ...{ inputs: [x, other], bn },
    into: place === 'after' ? merged : into[place],
    output: place === 'after' ? apply(dense(), apply(bn, merged)) : apply(dense(), merged),
    ...(place !== 'free' && { counts: isReal }),
  };
}

const pipelines: Record<string, () => Pipeline> = {
  'masking, BN': () => chain(isReal, masking()),
  'masking, dense, BN': () => chain(isReal, masking(), dense()),
  'masking, lstm of the last step, BN': () => chain(undefined, masking(), lstm(false)),
  'masking, lstm of all steps, BN': () => chain(isReal, masking(), lstm(true)),
  'masking, gru of the last step, dense, BN': () =>
    chain(undefined, masking(), tf.layers.gru({ units: 4 }), dense()),
  'masking, same convolution, BN': () => chain(undefined, masking(), conv1d()),
  'masking, valid convolution, BN': () =>
    chain(undefined, masking(), tf.layers.conv1d({ filters: 4, kernelSize: 3 })),
  'masking, dropout of nothing, activation, BN': () =>
    chain(isReal, masking(), tf.layers.dropout({ rate: 0 }), tf.layers.activation({ activation: 'linear' })),
  'masking, flatten, BN': () => chain(undefined, masking(), tf.layers.flatten()),
  'masking, pooling, BN': () => chain(undefined, masking(), tf.layers.globalAveragePooling1d()),
  'masking, time-distributed dense, BN': () =>
    chain(isReal, masking(), tf.layers.timeDistributed({ layer: dense() })),
  'masking, bidirectional of all steps, BN': () =>
    chain(isReal, masking(), tf.layers.bidirectional({ layer: lstm(true) as never, mergeMode: 'concat' })),
  'masking, bidirectional of the last step, BN': () =>
    chain(undefined, masking(), tf.layers.bidirectional({ layer: lstm(false) as never, mergeMode: 'sum' })),
  'masking, another BN, layer norm, BN': () =>
    chain(isReal, masking(), new BatchNormalization({ trainable: false }), tf.layers.layerNormalization()),
  'masking, leaky ReLU, BN': () => chain(isReal, masking(), tf.layers.leakyReLU()),
  'masking, ELU, thresholded ReLU, BN': () =>
    chain(isReal, masking(), tf.layers.elu(), tf.layers.thresholdedReLU({ theta: 0.1 })),
  'masking, softmax, BN': () => chain(isReal, masking(), tf.layers.softmax({ axis: -1 })),
  'masking, PReLU, ReLU, BN': () => chain(isReal, masking(), tf.layers.prelu(), tf.layers.reLU()),
  'two maskings, of which the second counts': () =>
    chain(isReal, tf.layers.masking({ maskValue: 1e6 }), masking()),
  'embedding with maskZero, BN': () => {
    const x = tf.input({ shape: [steps] });
    const into = apply(tf.layers.embedding({ inputDim: 5, outputDim: 4, maskZero: true }), x);
    const bn = norm();
    return { inputs: [x], into, bn, output: apply(dense(), apply(bn, into)), counts: isReal };
  },
  'embedding without maskZero, BN': () => {
    const x = tf.input({ shape: [steps] });
    const into = apply(tf.layers.embedding({ inputDim: 5, outputDim: 4 }), x);
    const bn = norm();
    return { inputs: [x], into, bn, output: apply(dense(), apply(bn, into)) };
  },
  'BN in the branch without a mask, concatenated last': () => branches((a, b) => [a, b], 'free'),
  'BN in the branch without a mask, concatenated first': () => branches((a, b) => [b, a], 'free'),
  'BN in the masked branch, concatenated first': () => branches((a, b) => [a, b], 'masked'),
  'BN in the masked branch, concatenated last': () => branches((a, b) => [b, a], 'masked'),
  'BN behind the concatenation, masked branch first': () => branches((a, b) => [a, b], 'after'),
  'BN behind the concatenation, masked branch last': () => branches((a, b) => [b, a], 'after'),
  'BN behind the sum, masked branch first': () =>
    branches(
      (a, b) => [a, b],
      'after',
      () => tf.layers.add(),
    ),
  'BN behind the sum, masked branch last': () =>
    branches(
      (a, b) => [b, a],
      'after',
      () => tf.layers.add(),
    ),
  'BN behind the sum of two masked branches': () => {
    const [x, other] = [input(), input()];
    const bn = norm();
    const into = apply(tf.layers.average(), apply(dense(), masked(x)), apply(dense(), masked(other)));
    const counts: Counts = (index) => isReal(index) && isReallyOther(index);
    return { inputs: [x, other], into, bn, output: apply(bn, into), counts };
  },
  'BN on the state of a masked lstm': () => {
    const x = input();
    const layer = tf.layers.lstm({ units: 5, returnSequences: true, returnState: true });
    const into = (layer.apply(masked(x)) as Symbolic[])[1]!;
    const bn = norm();
    return { inputs: [x], into, bn, output: apply(bn, into) };
  },
};

async function fitOnce(model: tf.LayersModel, inputs: tf.Tensor[]): Promise<void> {
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  const targets = model.outputs.map(({ shape }) => tf.zeros([samples, ...(shape.slice(1) as number[])]));
  await model.fit(inputs, targets, { epochs: 1, batchSize: samples, shuffle: false, verbose: 0 });
}

function dataFor(inputs: Symbolic[]): tf.Tensor[] {
  const data = [sequences(lengths, 1), sequences(otherLengths, 2)];
  return inputs.map(({ shape }, i) => (shape.length === 2 ? tokens : data[i]!));
}

describe('BatchNormalization takes the statistics of what counts', () => {
  it.each(Object.entries(pipelines))('%s', async (_, make) => {
    const { inputs, into, bn, output, counts } = make();
    const data = dataFor(inputs);
    const before = tf.model({ inputs, outputs: into }).predict(data) as tf.Tensor;
    const { mean, variance } = statisticsOf(before, counts);
    await fitOnce(tf.model({ inputs, outputs: output }), data);
    const [movingMean, movingVariance] = movingOf(bn);
    expectClose(movingMean!, mean, 1e-5);
    expectClose(movingVariance!, variance, 1e-5);
  });

  it.each(Object.entries(pipelines))('%s, as a nested model', async (_, make) => {
    const { inputs, into, bn, output, counts } = make();
    const inner = tf.model({ inputs, outputs: output });
    const outerInputs = inputs.map(({ shape }) => tf.input({ shape: shape.slice(1) }));
    const outer = tf.model({ inputs: outerInputs, outputs: apply(inner, ...outerInputs) });
    const data = dataFor(inputs);
    const before = tf.model({ inputs, outputs: into }).predict(data) as tf.Tensor;
    const { mean, variance } = statisticsOf(before, counts);
    await fitOnce(outer, data);
    expectClose(movingOf(bn)[0]!, mean, 1e-5);
    expectClose(movingOf(bn)[1]!, variance, 1e-5);
  });

  it.each(Object.entries(pipelines))('%s, saved and loaded', async (_, make) => {
    const { inputs, into, bn, output, counts } = make();
    const data = dataFor(inputs);
    const before = tf.model({ inputs, outputs: into }).predict(data) as tf.Tensor;
    const { mean } = statisticsOf(before, counts);
    const model = tf.model({ inputs, outputs: output });
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(await artifactsOf(model)));
    await fitOnce(loaded, data);
    expectClose(movingOf(loaded.getLayer(bn.name))[0]!, mean, 1e-5);
  });
});

describe('the layers of tfjs behind a merge', () => {
  const models = {
    'a masked branch and one without a mask': (merge: tf.layers.Layer, a: Symbolic, b: Symbolic) =>
      apply(merge, masked(a), b),
    'two masked branches': (merge: tf.layers.Layer, a: Symbolic, b: Symbolic) =>
      apply(merge, masked(a), masked(b)),
  };
  const merges = { add: tf.layers.add, maximum: tf.layers.maximum, multiply: tf.layers.multiply };
  const cases = Object.entries(models).flatMap(([title, merged]) =>
    Object.entries(merges).map(([name, merge]) => [title, name, merged, merge] as const),
  );

  it.each(cases)('take the mask of %s: %s', (title, _, merged, merge) => {
    const [x, other] = [input(), input()];
    const into = merged(merge(), x, other);
    const recurrent = lstm(false);
    const model = tf.model({ inputs: [x, other], outputs: apply(recurrent, into) });
    const data = dataFor([x, other]) as [tf.Tensor, tf.Tensor];
    const found = model.predict(data) as tf.Tensor;
    const ends =
      title === 'two masked branches' ? lengths.map((end, i) => Math.min(end, otherLengths[i]!)) : lengths;
    const mergedValues = tf.model({ inputs: [x, other], outputs: into }).predict(data) as tf.Tensor;
    // Without padding there is nothing to mask: each sample alone, cut to its length.
    const wanted = ends.map(
      (end, i) => recurrent.apply(tf.slice(mergedValues, [i, 0, 0], [1, end, -1])) as tf.Tensor,
    );
    expectClose(found.dataSync(), tf.concat(wanted).dataSync(), 1e-6);
  });

  it('take no mask of another branch', () => {
    const [x, other] = [input(), input()];
    const [first, second] = [lstm(false), lstm(false)];
    const outputs = [apply(first, masked(x)), apply(second, other)];
    const data = dataFor([x, other]) as [tf.Tensor, tf.Tensor];
    const found = (tf.model({ inputs: [x, other], outputs }).predict(data) as tf.Tensor[])[1]!;
    expectClose(found.dataSync(), (second.apply(data[1]) as tf.Tensor).dataSync(), 1e-6);
  });
});
