/** tf.layers' own BatchNormalization, made to take the statistics of training over a group. */
import { groupBatchNorm, type Reducer } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { resolveAxes } from './axes.js';
import { channelLayout } from './channelLayout.js';
import type { Keywords } from './graph/calls.js';
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

type Call = OwnOfTfjs['call'];

/** The call of each layer as it was. */
const originalCalls = new WeakMap<OwnOfTfjs, Call>();

/**
 * From now on the layer calls its training from here if the group has more than one member: the same moving averages, of the
 * biased variance, whether it is trainable or not, as tf.layers has them.
 */
export function synchronizeOwnOfTfjs(layer: OwnOfTfjs, reducer: Reducer): void {
  const call = originalCalls.get(layer) ?? layer.call;
  originalCalls.set(layer, call);
  layer.call = (inputs, keywords) =>
    (keywords as Keywords).training && reducer.size > 1
      ? tf.tidy(() => train(layer, onlyInput(layer.name, inputs), reducer))
      : call.call(layer, inputs, keywords);
}

function train(layer: OwnOfTfjs, x: tf.Tensor, reducer: Reducer): tf.Tensor {
  const axis = resolveAxes(layer.name, [layer.axis], x.shape).axes[0]!;
  const { shape, dataFormat } = channelLayout(x.shape, axis);
  const { y, mean, variance } = groupBatchNorm(tf.reshape(x, shape), {
    gamma: layer.gamma?.read(),
    beta: layer.beta?.read(),
    epsilon: layer.epsilon,
    dataFormat,
    reducer,
  });
  const move = (moving: tfl.LayerVariable, batch: tf.Tensor) =>
    moving.write(tf.add(tf.mul(moving.read(), layer.momentum), tf.mul(batch, 1 - layer.momentum)));
  move(layer.movingMean, mean);
  move(layer.movingVariance, variance);
  return tf.reshape(y, x.shape);
}
