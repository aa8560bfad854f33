/** Recomputes the moving statistics of a whole model from a whole data set. */
import { OptionError } from '@bn/core';
import { checkBoolean, checkKeys } from '@bn/core/options';
import { StatisticsCollector } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Batches, batchesOf } from '../batches.js';
import { isFrozen } from '../batchNormState.js';
import { type BatchNormLayer, knownBatchNorms, stateOf } from './batchNormLayers.js';
import { checkModel } from './checkModel.js';
import { assignCollected, isCalled, movingOf, type Target, whileCollecting } from './collectedStatistics.js';
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

/**
 * Sets the moving statistics of all batch norm layers of a model to those of a whole data set: mean and variance over all values of all
 * batches, rather than an average that remembers the weights of earlier steps. Moments of batches are merged in float64 (Chan's
 * formula). For use after training, after averaging weights, or before a model is used on data of another kind.
 *
 * By default this is precise BN: the model runs once over the data, batch norm layers normalize with the statistics of the batch, as in
 * training, and all others do as in inference (nothing is dropped out). A layer behind another one therefore sees what it sees in
 * training with batches of this size. With `layerByLayer: true` each layer has a separate pass, and the layers before it normalize with
 * their new moving statistics: the result is exactly what `predict` will see, however the data is cut into batches, for as many passes as
 * there are layers. For a layer that is called several times in a row it is so up to the statistics of its own first calls, which are those of
 * the batch.
 *
 * It takes layers of this package and of tf.layers, in nested models and wrappers too. Those of this package leave out what a mask leaves
 * out, those of tf.layers take all values, as they do in training. The moving variance is biased, or unbiased with `fused`. In a
 * group of processes it is over all members, each of which must have as many batches. Layers that are not trainable, and those that
 * the graph calls with `training: false`, stay as they are. If anything fails, the moving statistics are as they were. Do not train the
 * model meanwhile.
 *
 * Wu and Johnson, "Rethinking 'Batch' in BatchNorm" (2021), section 3; Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 2. Instead of
 * averaging the variances of the batches, which leaves out how their means differ, this takes the variance of the whole.
 *
 * @param data A dataset of tf.data (batched), an iterable of batches (asynchronous too), or one tensor. A batch is a tensor, or one with
 *   labels: `[x, y]`, `{ xs, ys }`. If a model has several inputs, a batch is a list of as many tensors, or these by name, or
 *   `{ xs }` with either. Batches of a dataset are disposed of, others are the caller's.
 * @throws (as rejections) OptionError for something that is no model, a model without batch norm layers that are trainable and called in
 *   training, a batch norm layer of another package, data that is none or can be read only once with `layerByLayer`, a layer that saw no values
 *   in a channel, that saw NaN or that is being recomputed already; ShapeError for a batch whose shape does not fit the model;
 *   DisposedError for a model that was disposed; and what the layers and the data throw.
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
    else assignCollected(name, await pass(model, data, targets));
    if (!targets.some(isCalled)) {
      throw nothingToRecompute(model, 'calls its batch norm layers with training: false only');
    }
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
    for (const target of targets) assignCollected(name, await pass(model, data, [target]));
  } catch (error) {
    weights.forEach((weight, i) => {
      assignValue(weight, before[i]!);
    });
    throw error;
  } finally {
    tf.dispose(before);
  }
}

function targetsOf(model: tfl.LayersModel): Target[] {
  const layers = knownBatchNorms(name, model, 'its statistics cannot be recomputed');
  const trained = layers.filter((layer) => !isFrozen(layer, stateOf(layer)));
  if (trained.length === 0) {
    throw nothingToRecompute(
      model,
      layers.length === 0 ? 'has no batch norm layers' : 'has only batch norm layers that are frozen',
    );
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

const nothingToRecompute = ({ name: model }: tfl.LayersModel, problem: string): OptionError =>
  new OptionError(`${name}: model '${model}' ${problem}, so that there is nothing to recompute`);

/** Hands the statistics of all batches to the collectors, and gives these back. */
async function pass(
  model: tfl.LayersModel,
  data: unknown,
  targets: readonly Target[],
): Promise<readonly Target[]> {
  let batches = 0;
  try {
    for await (const batch of batchesOf(name, data)) {
      batches++;
      tf.tidy(() => {
        const inputs = inputsOf(name, model, batch);
        // Layers that are no targets may be called with `training: true` in the graph.
        whileCollecting(targets, () => void model.apply(inputs, { updateStatistics: false }));
      });
      for (const { collector } of targets) await collector.merge();
    }
  } finally {
    for (const { collector } of targets) collector.free();
  }
  if (batches > 0) return targets;
  throw new OptionError(
    `${name}: data has no batches, so that nothing was changed; a generator may have been used up before`,
  );
}
