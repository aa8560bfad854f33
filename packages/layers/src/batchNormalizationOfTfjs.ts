/** tf.layers' own BatchNormalization with what it lacks: statistics over a group, freezing as in Keras, statistics that are collected. */
import { batchNormInference, moments } from '@bn/core';
import { groupBatchNorm, type Reducer } from '@bn/core/group';
import type { StatisticsCollector } from '@bn/core/statistics';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { resolveAxes } from './axes.js';
import { isFrozen } from './batchNormState.js';
import { channelLayout } from './channelLayout.js';
import type { Keywords } from './graph/calls.js';
import { followModels } from './graph/trainable.js';
import { updatesStatistics } from './graph/updateStatistics.js';
import { onlyInput } from './normalizationLayer.js';

/** What its class keeps to itself. */
export interface OwnOfTfjs extends tfl.layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: tfl.LayerVariable;
  readonly beta?: tfl.LayerVariable;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}

/** How a layer trains, if not as tf.layers made it. */
interface Mode {
  /** The group that it takes its statistics over. */
  reducer?: Reducer;
  /** Whether it infers in training too while it is not trainable. */
  freezes?: boolean;
  /** Takes the statistics of calls that do not say `training: false`. */
  collector?: StatisticsCollector | undefined;
}

const modes = new WeakMap<OwnOfTfjs, Mode>();

/** The mode of a layer, whose `call` follows it from now on. */
function modeOf(layer: OwnOfTfjs): Mode {
  const known = modes.get(layer);
  if (known !== undefined) return known;
  const mode: Mode = {};
  const { call } = layer;
  layer.call = (inputs, keywords: Keywords) => {
    const { reducer, freezes, collector } = mode;
    const isFixed = isFrozen(layer, layer) && (freezes || collector !== undefined);
    const x = () => onlyInput(layer.name, inputs);
    if (keywords.training && isFixed) return tf.tidy(() => infer(layer, x()));
    if (collector !== undefined && keywords.training !== false && !isFixed) {
      return tf.tidy(() => collect(layer, x(), collector, reducer));
    }
    return keywords.training && reducer !== undefined && reducer.size > 1
      ? tf.tidy(() => train(layer, x(), keywords, reducer))
      : call.call(layer, inputs, keywords);
  };
  modes.set(layer, mode);
  return mode;
}

/**
 * From now on the layer calls its training from here if the group has more than one member: the same moving averages, of the
 * biased variance, whether it is trainable or not, as tf.layers moves them.
 */
export function synchronizeOwnOfTfjs(layer: OwnOfTfjs, reducer: Reducer): void {
  modeOf(layer).reducer = reducer;
}

/** From now on the layer does as ours does: it infers in training too while it is not trainable, and follows the models around it. */
export function freezeOwnOfTfjs(layer: OwnOfTfjs): void {
  modeOf(layer).freezes = true;
  followModels(layer);
}

/** While there is a collector, the layer does as ours does. */
export function collectOwnOfTfjs(layer: OwnOfTfjs, collector: StatisticsCollector | undefined): void {
  modeOf(layer).collector = collector;
}

/** x with the channels where `dataFormat` says, and what core's functions take with it. */
function prepare(layer: OwnOfTfjs, x: tf.Tensor) {
  const axis = resolveAxes(layer.name, [layer.axis], x.shape).axes[0]!;
  const { shape, dataFormat } = channelLayout(x.shape, axis);
  const [gamma, beta] = [layer.gamma?.read(), layer.beta?.read()];
  return { view: tf.reshape(x, shape), options: { gamma, beta, epsilon: layer.epsilon, dataFormat } };
}

/** As the layer does in inference; tfjs cannot differentiate that without gamma. */
function infer(
  layer: OwnOfTfjs,
  x: tf.Tensor,
  mean: tf.Tensor = layer.movingMean.read(),
  variance: tf.Tensor = layer.movingVariance.read(),
): tf.Tensor {
  const { view, options } = prepare(layer, x);
  return tf.reshape(batchNormInference(view, { ...options, mean, variance }), x.shape);
}

/** Normalizes with the statistics of the batch, which go to the collector. */
function collect(
  layer: OwnOfTfjs,
  x: tf.Tensor,
  collector: StatisticsCollector,
  reducer: Reducer | undefined,
): tf.Tensor {
  const { view, options } = prepare(layer, x);
  if (reducer !== undefined && reducer.size > 1) {
    const { y, ...statistics } = groupBatchNorm(view, { ...options, reducer });
    collector.add(statistics);
    return tf.reshape(y, x.shape);
  }
  const { mean, variance } = moments(view, { dataFormat: options.dataFormat });
  collector.add({ mean, variance, count: x.size / mean.size });
  return infer(layer, x, mean, variance);
}

function train(layer: OwnOfTfjs, x: tf.Tensor, keywords: Keywords, reducer: Reducer): tf.Tensor {
  const { view, options } = prepare(layer, x);
  const { y, mean, variance } = groupBatchNorm(view, { ...options, reducer });
  const move = (moving: tfl.LayerVariable, batch: tf.Tensor) =>
    moving.write(tf.add(tf.mul(moving.read(), layer.momentum), tf.mul(batch, 1 - layer.momentum)));
  if (updatesStatistics(layer, keywords)) {
    move(layer.movingMean, mean);
    move(layer.movingVariance, variance);
  }
  return tf.reshape(y, x.shape);
}
