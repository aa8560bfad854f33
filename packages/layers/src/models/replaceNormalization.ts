/** A whole model with another normalization in it. */
import { OptionError } from '@bn/core';
import { checkKeys } from '@bn/core/options';
import type * as tfl from '@tensorflow/tfjs-layers';
import { undoneOnFailure } from '../undoneOnFailure.js';
import { checkModel } from './checkModel.js';
import { copyModel } from './copyModel.js';
import { assignValue, rename } from './copyWeights.js';
import { type NormalizationKind, normalizationKinds } from './normalizationKinds.js';
import {
  type LeftNormalization,
  layerFrom,
  planReplacement,
  type Replacement,
  type ReplaceNormalizationOptions,
  shortName,
} from './replacementPlan.js';

type Layer = tfl.layers.Layer;

const name = 'replaceNormalization';

/** A layer that was replaced. */
export interface ReplacedNormalization {
  /** Its name, behind those of the models and wrappers around it: `encoder/bn`. The new layer has it too. */
  readonly layer: string;
  readonly from: NormalizationKind;
  /** The weights that the new layer has from it. */
  readonly kept: readonly string[];
  /** The weights that the new layer initializes again. */
  readonly renewed: readonly string[];
  /** The weights that it had and the new layer has no use for. */
  readonly dropped: readonly string[];
}

/** What `replaceNormalization` has made, and what it could not. */
export interface RenormalizedModel<M extends tfl.LayersModel = tfl.LayersModel> {
  /** A new model, not compiled. */
  readonly model: M;
  readonly replaced: readonly ReplacedNormalization[];
  /** The normalization layers that are in the new model as they were, but for those that `only` leaves out. */
  readonly left: readonly LeftNormalization[];
}

/**
 * A new model with another normalization in the place of its normalization layers: of BatchNormalization, GroupNormalization,
 * InstanceNormalization, LayerNormalization and RMSNormalization of this package, and of the first and the fourth of tf.layers, in nested
 * models and wrappers too. Batches of one or two images want group normalization, style transfer instance normalization, a model of
 * tf.layers' own batch norm our kernels ('batch').
 *
 * The new layers have the name, the channel axis and epsilon (and momentum) of the old ones, whether they are trainable, gamma and beta with their
 * initializers, regularizers and constraints, as far as they have such and their shapes agree. 'layer' and 'rms' normalize over the channels
 * of each position. The numbers of the model change: train it on. Moving statistics of 'batch' begin at 0 and 1 unless the old
 * layer has them: see `recomputeRunningStats`. `convertSyncBatchNorm` and `freezeBatchNorms` are to be called on the new model.
 *
 * All else is as in the model that was given, which stays as it is, and usable. Each of the two is disposed by its `dispose()`; weights that
 * are the same share their memory until one of them is trained. If anything fails, no new tensor is left.
 *
 * @param to 'batch', 'group', 'instance', 'layer' or 'rms'.
 * @throws OptionError for something that is no model of tf.layers, for one of a subclass, for another `to`, for options that the new
 *   layers refuse (groups that do not divide the channels), by the name of the layer; DisposedError for a model that was disposed.
 *
 * @example
 * ```ts
 * const conv = tf.layers.conv2d({ filters: 8, kernelSize: 3, inputShape: [8, 8, 3] });
 * const model = tf.sequential({ layers: [conv, tf.layers.batchNormalization({ name: 'bn' })] });
 * const { model: renormalized, replaced } = replaceNormalization(model, 'group', { groups: 4 });
 * console.log(renormalized.layers[1].getClassName(), replaced[0].kept.join(' ')); // GroupNormalization gamma beta
 * ```
 */
export function replaceNormalization<M extends tfl.LayersModel>(
  model: M,
  to: NormalizationKind,
  options: ReplaceNormalizationOptions = {},
): RenormalizedModel<M> {
  checkModel(name, model);
  if (!normalizationKinds.includes(to)) {
    throw new OptionError(`${name}: to must be one of ${normalizationKinds.join(', ')}, got ${String(to)}`);
  }
  const own = { group: ['groups'], batch: ['momentum'] }[to as string] ?? [];
  checkKeys(name, options, ['epsilon', 'only', ...own]);
  if (options.only !== undefined && typeof options.only !== 'function') {
    throw new OptionError(
      `${name}: only must be a function of a layer's name and kind, got ${typeof options.only}`,
    );
  }
  const { replacements, left } = planReplacement(name, model, to, options);
  return undoneOnFailure(() => {
    const byLayer = new Map<Layer, Replacement>(
      replacements.map((replacement) => [replacement.layer, replacement]),
    );
    const made = new Map<Replacement, Layer>();
    const copy = copyModel(name, model, (layer) => {
      const replacement = byLayer.get(layer);
      if (replacement === undefined) return undefined;
      const replaced = layerFrom(name, replacement, to);
      made.set(replacement, replaced);
      return replaced;
    });
    const replaced = [...made].map(([replacement, layer]) => transfer(replacement, layer));
    return { model: copy, replaced, left: [...left, ...notReached(replacements, made)] };
  });
}

/** Layers inside of a wrapper that is copied as a whole: only TimeDistributed is opened. */
const notReached = (
  replacements: readonly Replacement[],
  made: ReadonlyMap<Replacement, Layer>,
): LeftNormalization[] =>
  replacements
    .filter((replacement) => !made.has(replacement))
    .map(({ path }) => ({ layer: path, reason: 'it is inside of a wrapper that is copied as a whole' }));

/** Gives the new layer the weights of the old one, as far as their shapes agree. */
function transfer({ layer: old, path, from }: Replacement, layer: Layer): ReplacedNormalization {
  if (layer.trainable !== old.trainable) layer.trainable = old.trainable;
  const [kept, renewed]: string[][] = [[], []];
  const given = new Map(old.weights.map((weight) => [nameIn(weight), weight]));
  const prefix = old.weights[0]?.originalName.replace(/[^/]*$/, '');
  for (const weight of layer.weights) {
    const source = given.get(nameIn(weight));
    if (prefix !== undefined) rename(weight, prefix + shortName(weight));
    if (source === undefined || `${source.shape}` !== `${weight.shape}`) {
      renewed!.push(shortName(weight));
      continue;
    }
    assignValue(weight, source.read());
    weight.trainable = source.trainable;
    given.delete(nameIn(weight));
    kept!.push(shortName(weight));
  }
  const renewedNames = new Set(renewed);
  const dropped = [...given.values()].map(shortName).filter((weight) => !renewedNames.has(weight));
  return { layer: path, from, kept: kept!, renewed: renewed!, dropped };
}

/** RMSNormalization calls its gamma `scale`. */
const nameIn = (weight: tfl.LayerVariable): string => shortName(weight).replace(/^scale$/, 'gamma');
