/** The arguments of BatchNormalization, and those of them that are for inference only. */
import { OptionError } from '@bn/core';
import type { RenormArguments } from './batchRenormalization.js';
import type { Identifier, Initializer } from './kerasObjects.js';
import { changesTrainingOnly } from './layerArguments.js';
import type { AffineArguments } from './normalizationLayer.js';

/** Arguments of `BatchNormalization`. */
export interface BatchNormalizationArguments extends AffineArguments, RenormArguments {
  /** The axis of the channels. Default -1. */
  axis?: number | number[];
  /** Weight in [0, 1] that the old moving value keeps at each step. Default 0.99. */
  momentum?: number;
  /** Default 'zeros'. */
  movingMeanInitializer?: Identifier<Initializer>;
  /** Default 'ones'. */
  movingVarianceInitializer?: Identifier<Initializer>;
  /**
   * True: the moving variance takes the unbiased variance of the batch, as that of TensorFlow's fused kernel does. Otherwise the
   * biased one, as in Keras 3 and tf.layers; with a mask, that one always.
   */
  fused?: boolean;
  /**
   * Take the statistics of a batch over the group of processes that this one has joined (`startMpi` of @bn/mpi joins it, and
   * `joinGroup` of @bn/core/group), if it has more than one member. Default false; `convertSyncBatchNorm` needs no such option.
   */
  synchronized?: boolean;
  /** Statistics of parts of the batch: for inference, which it does not change. Refused in training. */
  virtualBatchSize?: number;
}

export const keys = [
  'axis',
  'momentum',
  'movingMeanInitializer',
  'movingVarianceInitializer',
  'fused',
  'synchronized',
];
/** Variants that differ in training only. */
export const variantKeys = ['renorm', 'renormClipping', 'renormMomentum', 'virtualBatchSize'] as const;
export const unsupported = { adjustment: changesTrainingOnly };

/** @throws OptionError for a layer that can infer but not train. */
export function refuseInferenceOnly(title: string, args: BatchNormalizationArguments): void {
  if (args.epsilon === 0) {
    throw new OptionError(
      `${title}: epsilon 0 is for inference only, since a batch may have no variance; freeze the layer with ` +
        'trainable = false, or make it with a positive epsilon',
    );
  }
  if (!args.virtualBatchSize) return;
  throw new OptionError(
    `${title}: virtualBatchSize is not supported in training, got ${args.virtualBatchSize}; freeze the layer with ` +
      'trainable = false, or make it without the option',
  );
}
