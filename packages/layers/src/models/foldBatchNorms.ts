/** A whole model with its batch norm layers folded into the layers before them. */
import { checkKeys } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { undoneOnFailure } from '../undoneOnFailure.js';
import { checkModel } from './checkModel.js';
import { configOf } from './configOf.js';
import { copyModel, madeFrom } from './copyModel.js';
import { assignValue, copyCommonWeights, rename } from './copyWeights.js';
import { linearOf } from './foldable.js';
import { type FoldedValues, foldedValues } from './foldedValues.js';
import { type Candidate, type LeftBatchNorm, planFolding } from './foldingPlan.js';
import { largestDifference, outputsOf } from './outputs.js';

type Layer = tfl.layers.Layer;

const name = 'foldBatchNorms';

/** Options of `foldBatchNorms`. */
export interface FoldBatchNormsOptions {
  /** What `model.predict` takes: the outputs of both models for it are compared. It stays the caller's. */
  batch?: tf.Tensor | tf.Tensor[] | undefined;
}

/** A batch norm layer that is folded away. Names stand behind those of the models and wrappers around: `encoder/bn`. */
export interface FoldedBatchNorm {
  readonly batchNorm: string;
  /** The layer that now does its work. */
  readonly into: string;
  /** Options of that layer that its copy does without, since they are for the weights that it had before. */
  readonly dropped: readonly string[];
}

/** What `foldBatchNorms` has made, and what it could not. */
export interface FoldedModel<M extends tfl.LayersModel = tfl.LayersModel> {
  /** A new model, not compiled. */
  readonly model: M;
  readonly folded: readonly FoldedBatchNorm[];
  /** The batch norm layers that are in the new model still. */
  readonly left: readonly LeftBatchNorm[];
  /** The largest absolute difference between the outputs of the models for `batch`; undefined without it. */
  readonly largestDifference: number | undefined;
}

/**
 * A smaller model that predicts the same: every batch norm layer that comes directly after a dense layer or a convolution (1-D, 2-D,
 * 3-D, depthwise, separable, transposed; channels first or last; in nested models and TimeDistributed too) is folded into it,
 * kernel * s and (bias - moving mean) * s + beta with s = gamma / sqrt(moving variance + epsilon), computed in float64. It takes layers of this
 * package and of tf.layers. Batch norm layers for which that would not be right stay, and the report says why.
 *
 * The new model is for inference, and is not compiled. All else is as in the model that was given: layers, names of layers and
 * weights, their order. A layer that something was folded into has a bias, and no constraint or regularizer on the folded weights. If a
 * batch norm layer gives an output of the model, the output has the name of the layer before.
 *
 * The given model stays as it is, and usable. Each of the two is disposed by its `dispose()`; weights that are the same share their
 * memory until one of them is trained. If anything fails, no new tensor is left.
 *
 * Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018), section 3.2.
 *
 * @throws (as rejections) OptionError for something that is no model of tf.layers, for one of a subclass, or for a layer that cannot be made
 *   again from its config, by name; DisposedError for a model that was disposed; and what `predict` throws for the batch.
 *
 * @example
 * ```ts
 * const dense = tf.layers.dense({ units: 4, inputShape: [2] });
 * const model = tf.sequential({ layers: [dense, new BatchNormalization()] });
 * const { model: smaller, folded, largestDifference } = await foldBatchNorms(model, { batch: tf.ones([8, 2]) });
 * console.log(model.layers.length, smaller.layers.length, folded.length); // 2 1 1
 * console.log(largestDifference < 1e-6); // true
 * ```
 */
export async function foldBatchNorms<M extends tfl.LayersModel>(
  model: M,
  options: FoldBatchNormsOptions = {},
): Promise<FoldedModel<M>> {
  checkModel(name, model);
  checkKeys(name, options, ['batch']);
  const { batch } = options;
  const plan = planFolding(name, model);
  const expected = batch === undefined ? undefined : await outputsOf(model, batch);
  const { folds, left } = await computeFolds(plan);
  const copy = undoneOnFailure(() => build(model, folds));
  try {
    return {
      model: copy,
      folded: folds.map(({ path, intoPath, dropped }) => ({ batchNorm: path, into: intoPath, dropped })),
      left,
      largestDifference: expected && largestDifference(expected, await outputsOf(copy, batch!)),
    };
  } catch (error) {
    copy.dispose();
    throw error;
  }
}

interface Fold extends Candidate {
  readonly values: FoldedValues;
  readonly dropped: readonly string[];
}

async function computeFolds({ candidates, left }: ReturnType<typeof planFolding>) {
  const folds: Fold[] = [];
  const reasons = [...left];
  for (const candidate of candidates) {
    const values = await foldedValues(candidate);
    if (typeof values === 'string') reasons.push({ batchNorm: candidate.path, reason: values });
    else folds.push({ ...candidate, values, dropped: droppedOptions(candidate) });
  }
  return { folds, left: reasons };
}

/** The constraints and regularizers that the layer has for what is folded. */
function droppedOptions({ into }: Candidate): string[] {
  const config = configOf(into.layer);
  const { options } = into.kind;
  return [`${options}Constraint`, `${options}Regularizer`, 'biasConstraint', 'biasRegularizer'].filter(
    (option) => config[option] != null,
  );
}

function build<M extends tfl.LayersModel>(model: M, folds: readonly Fold[]): M {
  const omitted = new Set<Layer>(folds.map(({ layer }) => layer));
  const byLayer = new Map(folds.map((fold) => [fold.into.layer, fold]));
  const made = new Map<Fold, Layer>();
  const copy = copyModel(name, model, (layer, path) => {
    if (omitted.has(layer)) return null;
    const fold = byLayer.get(layer);
    if (fold === undefined) return undefined;
    const nothing = Object.fromEntries(fold.dropped.map((option) => [option, null]));
    const folded = madeFrom(name, layer, path, { ...configOf(layer), useBias: true, ...nothing });
    made.set(fold, folded);
    return folded;
  });
  for (const [fold, layer] of made) setWeights(fold, layer);
  return copy;
}

function setWeights({ into, values }: Fold, layer: Layer): void {
  const { kernel, bias } = linearOf(layer)!;
  // The bias is the last one, if there was none before.
  copyCommonWeights(into.layer, layer);
  tf.tidy(() => {
    assignValue(kernel, tf.tensor(values.kernel, into.kernel.shape as number[]));
    assignValue(bias!, tf.tensor1d(values.bias));
  });
  if (into.bias === undefined) rename(bias!, into.kernel.originalName.replace(/[^/]+$/, 'bias'));
}
