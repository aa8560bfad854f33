/** A model whose batch norm layers take their statistics over a group of processes. */
import { OptionError } from '@bn/core';
import { checkReducer, type Reducer } from '@bn/core/group';
import type * as tfl from '@tensorflow/tfjs-layers';
import { synchronizeOwnOfTfjs } from './batchNormalizationOfTfjs.js';
import { checkLayer, isOwnOfTfjs, knownBatchNorms } from './models/batchNormLayers.js';

type Layer = tfl.layers.Layer;

const name = 'convertSyncBatchNorm';

/**
 * Makes all batch norm layers of a model take the statistics of training over a group of processes, as
 * torch.nn.SyncBatchNorm.convert_sync_batchnorm does: those of this package and those of tf.layers, in nested models and wrappers
 * too. The model itself is changed, and stays built and compiled; its weights, its files and inference stay what they are. To
 * undo it, convert it with `singleMember` of @bn/core/group.
 *
 * Every member must run the same model, as many times, and in a loop that adds up or averages the gradients of all members (as
 * @bn/mpi does): the statistics are all that this function joins.
 *
 * @param model or a single layer.
 * @returns the model.
 * @throws OptionError, before anything is changed, for something that is no model or no reducer, and for a batch norm layer that is
 * neither of this package nor of tf.layers.
 */
export function convertSyncBatchNorm<M extends Layer>(model: M, reducer: Reducer): M {
  checkLayer(name, model);
  if (checkReducer(name, reducer) === undefined) {
    throw new OptionError(`${name}: reducer must be a Reducer, got undefined`);
  }
  for (const layer of knownBatchNorms(name, model, 'its statistics would be of one process')) {
    if (isOwnOfTfjs(layer)) synchronizeOwnOfTfjs(layer, reducer);
    else layer.synchronize(reducer);
  }
  return model;
}
