/**
 * `updateStatistics: false` of a call in training: batch norm layers normalize with the statistics of the batch, and leave their
 * moving ones as they are. Keywords of a call reach every layer inside, so that it holds for whole models.
 */
import { OptionError } from '@bn/core';
import { checkBoolean } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { BatchNormalizationOfTfjs } from '../tfjsClasses.js';
import type { Keywords, Layer } from './calls.js';

/** Layers that do it by themselves. */
const obeying = new WeakSet<Layer>();

/** Says that this layer reads `updatesStatistics` of its keywords. */
export function obeyUpdateStatistics(layer: Layer): void {
  obeying.add(layer);
}

/**
 * Whether a call moves the moving statistics, if it is one of training.
 *
 * @throws OptionError for a value that is neither true nor false.
 */
export const updatesStatistics = (layer: Layer, { updateStatistics }: Keywords): boolean =>
  updateStatistics === undefined ||
  checkBoolean(`layer '${layer.name}'`, 'updateStatistics', updateStatistics as boolean, true);

const keepsStatistics = (layer: Layer, keywords: Keywords): boolean =>
  !updatesStatistics(layer, keywords) && Boolean(keywords.training);

/** @throws OptionError for a call that must keep the statistics of a batch norm layer of another package, whose state is not known here. */
export function refuseUnknownStatistics(layer: Layer, keywords: Keywords): void {
  if (!keepsStatistics(layer, keywords) || obeying.has(layer)) return;
  if (layer instanceof BatchNormalizationOfTfjs) return;
  const title = layer.getClassName();
  if (!/batch_?norm/i.test(title)) return;
  throw new OptionError(
    `layer '${layer.name}': a ${title} does not know updateStatistics: false; make the model with BatchNormalization of @bn/layers`,
  );
}

/** The batch norm of tf.layers moves its statistics in every call of training. They are set back. */
export function keepStatisticsOfTfjs(): void {
  const prototype: Layer = BatchNormalizationOfTfjs.prototype;
  const { call } = prototype;
  prototype.call = function (this: Layer, inputs, keywords) {
    if (!keepsStatistics(this, keywords)) return call.call(this, inputs, keywords);
    const { movingMean, movingVariance } = this as Layer & Record<string, tfl.LayerVariable>;
    return tf.tidy(() => {
      const setBack = [movingMean, movingVariance].map((weight) => {
        const variable = weight!.read() as tf.Variable;
        const before = variable.clone();
        return () => variable.assign(before);
      });
      try {
        return call.call(this, inputs, keywords) as tf.Tensor;
      } finally {
        for (const run of setBack) run();
      }
    });
  };
}
