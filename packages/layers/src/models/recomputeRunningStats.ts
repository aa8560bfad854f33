/** Recomputes the moving statistics of a whole model from a whole data set. */
import { OptionError } from '@bn/core';
import { checkBoolean, checkKeys } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Batches, batchesOf } from '../batches.js';
import { collectOwnOfTfjs } from '../batchNormalizationOfTfjs.js';
import { isFrozen } from '../batchNormState.js';
import { StatisticsCollector } from '../statisticsCollector.js';
import { type BatchNormLayer, isOwnOfTfjs, knownBatchNorms, stateOf } from './batchNormLayers.js';
import { checkModel } from './checkModel.js';
import { assignValue } from './copyWeights.js';
import { inputsOf, type ModelBatch } from './inputs.js';

const name = 'recomputeRunningStats';

/** Options of `recomputeRunningStats`. */
export interface RecomputeRunningStatsOptions {
  /**
   * False: in one pass over the data, in which every batch norm layer normalizes with the statistics of the batch (precise BN). True: in
   * one pass for each layer, in which those before it normalize with what was recomputed for them. Default false.
   */
  layerByLayer?: boolean | undefined;
}

/** A layer that is recomputed. */
interface Target {
  readonly layer: BatchNormLayer;
  readonly collector: StatisticsCollector;
}

/**
 * Sets the moving statistics of all batch norm layers of a model to those of a whole data set: mean and variance over all values of all
 * batches, rather than an average that remembers the weights of earlier steps. Moments of batches are merged in float64 (Chan's
 * formula). For use after training, after averaging weights, or before a model is used on data of another kind.
 *
 * By default this is precise BN: the model runs once over the data, batch norm layers normalize with the statistics of the batch, as in
 * training, and all others do as in inference (nothing is dropped out). A layer behind another one therefore sees what it sees in
 * training with batches of this size. With `layerByLayer: true` each layer has a separate pass, and the layers before it normalize with
 * their new moving statistics: the result is exactly what `predict` will see, however the data is cut into batches, for as many passes as
 * there are layers.
 *
 * It takes layers of this package and of tf.layers, in nested models and wrappers too, with their masks. The moving variance is
 * biased, or unbiased with `fused`. In a group of processes it is over all members. Layers that are not trainable, and those that the
 * graph calls with `training: false`, stay as they are. The layers change all together at the end; if anything fails before, the model
 * is as it was. Do not train or run it meanwhile.
 *
 * Wu and Johnson, "Rethinking 'Batch' in BatchNorm" (2021), section 3; Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 2. Instead of
 * averaging the variances of the batches, which leaves out how their means differ, this takes the variance of the whole.
 *
 * @param data A dataset of tf.data (batched), an iterable of batches (asynchronous too), or one tensor. A batch is a tensor, or one with
 *   labels: `[x, y]`, `{ xs, ys }`. If a model has several inputs, a batch is a list of as many tensors, or these by name, or
 *   `{ xs }` with either. Batches of a dataset are disposed of, others are the caller's.
 * @throws (as rejections) OptionError for something that is no model, a model without batch norm layers that are trainable, a batch norm
 *   layer of another package, data that is none or can be read only once with `layerByLayer`, a layer that saw no values in a
 *   channel, that saw NaN or that is being recomputed already; DisposedError for a model that was disposed; and what `predict` and the data throw.
 *
 * @example
 * ```ts
 * const norm = new BatchNormalization({ inputShape: [1] });
 * const model = tf.sequential({ layers: [norm] });
 * await recomputeRunningStats(model, [tf.tensor2d([[1], [2], [3]]), tf.tensor2d([[6]])]);
 * console.log(norm.getWeights().slice(2).map((weight) => weight.arraySync()).join(' ')); // 3 3.5
 * ```
 */
export async function recomputeRunningStats(
  model: tfl.LayersModel,
  data: Batches<ModelBatch>,
  options: RecomputeRunningStatsOptions = {},
): Promise<void> {
  checkModel(name, model);
  checkKeys(name, options, ['layerByLayer']);
  const layerByLayer = checkBoolean(name, 'layerByLayer', options.layerByLayer, false);
  // A Sequential that has not run does not know its inputs.
  if (model.inputNames.length === 0) model.build([]);
  if (layerByLayer && typeof (data as { next?: unknown } | null)?.next === 'function') {
    throw new OptionError(
      `${name}: layerByLayer reads the data once for each layer, and a generator can be read only once; give a list or a dataset`,
    );
  }
  const targets = targetsOf(model);
  for (const { layer } of targets) busy.add(layer);
  try {
    if (layerByLayer) await recomputeLayerByLayer(model, data, targets);
    else assign(await pass(model, data, targets));
  } finally {
    for (const { layer } of targets) busy.delete(layer);
  }
}

/** Layers that are being recomputed. */
const busy = new WeakSet<BatchNormLayer>();

async function recomputeLayerByLayer(
  model: tfl.LayersModel,
  data: unknown,
  targets: readonly Target[],
): Promise<void> {
  const weights = targets.flatMap(({ layer }) => movingOf(layer));
  const before = weights.map((weight) => weight.read().clone());
  try {
    for (const target of targets) assign(await pass(model, data, [target]));
  } catch (error) {
    weights.forEach((weight, i) => {
      assignValue(weight, before[i]!);
    });
    throw error;
  } finally {
    tf.dispose(before);
  }
}

const movingOf = (layer: BatchNormLayer): tfl.LayerVariable[] => {
  const { movingMean, movingVariance } = stateOf(layer);
  return [movingMean, movingVariance];
};

function targetsOf(model: tfl.LayersModel): Target[] {
  const layers = knownBatchNorms(name, model, 'its statistics cannot be recomputed');
  const trained = layers.filter((layer) => !isFrozen(layer, stateOf(layer)));
  if (trained.length === 0) {
    const problem =
      layers.length === 0 ? 'has no batch norm layers' : 'has only batch norm layers that are frozen';
    throw new OptionError(`${name}: model '${model.name}' ${problem}, so that there is nothing to recompute`);
  }
  const other = trained.find((layer) => busy.has(layer));
  if (other !== undefined) {
    throw new OptionError(`${name}: layer '${other.name}' is being recomputed already; wait for that to end`);
  }
  return trained.map((layer) => ({
    layer,
    collector: new StatisticsCollector(stateOf(layer).movingMean.shape[0]!),
  }));
}

/** Hands the statistics of all batches to the collectors, and gives these back. */
async function pass(
  model: tfl.LayersModel,
  data: unknown,
  targets: readonly Target[],
): Promise<readonly Target[]> {
  for (const { layer, collector } of targets) setCollector(layer, collector);
  let batches = 0;
  try {
    for await (const batch of batchesOf(name, data)) {
      batches++;
      tf.tidy(() => {
        model.predictOnBatch(inputsOf(name, model, batch));
      });
      for (const { collector } of targets) await collector.merge();
    }
  } finally {
    for (const { layer, collector } of targets) {
      setCollector(layer, undefined);
      collector.free();
    }
  }
  if (batches > 0) return targets;
  throw new OptionError(
    `${name}: data has no batches, so that nothing was changed; a generator may have been used up before`,
  );
}

function setCollector(layer: BatchNormLayer, collector: StatisticsCollector | undefined): void {
  if (isOwnOfTfjs(layer)) collectOwnOfTfjs(layer, collector);
  else layer.collect(collector);
}

/** @throws OptionError, before anything is assigned, for a layer that cannot be given numbers. */
function assign(targets: readonly Target[]): void {
  // Others are called with `training: false`, or not by this model.
  const called = targets.filter(({ collector }) => collector.moments.parts > 0);
  const assignments = called.map((target) => ({ ...target, values: valuesOf(target) }));
  tf.tidy(() => {
    for (const { layer, values } of assignments) {
      movingOf(layer).forEach((weight, i) => {
        assignValue(weight, tf.tensor1d(Float32Array.from(values[i]!)));
      });
    }
  });
}

/** The new moving mean and variance. */
function valuesOf({ layer, collector: { moments, isWhole } }: Target): [Float64Array, Float64Array] {
  const { mean, count } = moments;
  const unseen = count.findIndex((values) => !(values > 0));
  if (unseen >= 0) {
    throw new OptionError(
      `${name}: layer '${layer.name}' saw no values in channel ${unseen}, so that nothing was changed`,
    );
  }
  const correction = isWhole && !isOwnOfTfjs(layer) ? layer.correction(count[0]!) : 1;
  const variance = moments.variance().map((value) => value * correction);
  for (const values of [mean, variance]) {
    const bad = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (bad < 0) continue;
    throw new OptionError(
      `${name}: layer '${layer.name}' got ${values === mean ? 'a mean' : 'a variance'} of ${values[bad]} in channel ${bad}, so that nothing was ` +
        'changed; look for NaN and infinity in the data and in the weights before it',
    );
  }
  return [mean, variance];
}
