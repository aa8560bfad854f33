/** Statistics that are collected for batch norm layers, and become their moving statistics. */
import { OptionError } from '@bn/core';
import type { StatisticsCollector } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { collectOwnOfTfjs } from '../batchNormalizationOfTfjs.js';
import { type BatchNormLayer, isOwnOfTfjs, stateOf } from './batchNormLayers.js';
import { assignValue } from './copyWeights.js';

/** A layer that statistics are collected for. */
export interface Target {
  readonly layer: BatchNormLayer;
  readonly collector: StatisticsCollector;
}

/** Whether the layer was called, and not with `training: false`. */
export const isCalled = ({ collector }: Target): boolean => collector.moments.parts > 0;

/** The moving statistics of a layer that is built: mean, variance, and with renorm the standard deviation. */
export const movingOf = (layer: BatchNormLayer): tfl.LayerVariable[] => {
  const { movingMean, movingVariance, movingDeviation } = stateOf(layer);
  return [movingMean, movingVariance, ...(movingDeviation === undefined ? [] : [movingDeviation])];
};

/** Runs f, in which the layers normalize with the statistics of the batch, and hand these to their collectors. */
export function whileCollecting(targets: readonly Target[], f: () => void): void {
  for (const { layer, collector } of targets) setCollector(layer, collector);
  try {
    f();
  } finally {
    for (const { layer } of targets) setCollector(layer, undefined);
  }
}

function setCollector(layer: BatchNormLayer, collector: StatisticsCollector | undefined): void {
  if (isOwnOfTfjs(layer)) collectOwnOfTfjs(layer, collector);
  else layer.collect(collector);
}

/**
 * Sets the moving statistics of the layers that were called.
 *
 * @throws OptionError, before anything is assigned, for a layer that cannot be given numbers.
 */
export function assignCollected(name: string, targets: readonly Target[]): void {
  const assignments = targets
    .filter(isCalled)
    .map((target) => ({ ...target, values: valuesOf(name, target) }));
  tf.tidy(() => {
    for (const { layer, values } of assignments) {
      movingOf(layer).forEach((weight, i) => {
        assignValue(weight, tf.tensor1d(Float32Array.from(values[i]!)));
      });
    }
  });
}

/** The new values of `movingOf`. */
function valuesOf(name: string, { layer, collector: { moments, isWhole } }: Target): Float64Array[] {
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
  const { epsilon } = stateOf(layer);
  const deviation = variance.map((value) => Math.sqrt(value + epsilon));
  return [mean, variance, deviation];
}
