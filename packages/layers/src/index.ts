/**
 * The normalization layers of Keras for tf.layers, on the kernels of the current backend.
 *
 * @packageDocumentation
 */

export type { AdaptData } from './adapt.js';
export type { Batches } from './batches.js';
export { BatchNormalization } from './batchNormalization.js';
export type { BatchNormalizationArguments } from './batchNormalizationArguments.js';
export type { RenormArguments, RenormClipping } from './batchRenormalization.js';
export { convertSyncBatchNorm } from './convertSyncBatchNorm.js';
export { GroupNormalization, type GroupNormalizationArguments } from './groupNormalization.js';
export { InstanceNormalization, type InstanceNormalizationArguments } from './instanceNormalization.js';
export type { Identifier, KerasObject } from './kerasObjects.js';
export { LayerNormalization, type LayerNormalizationArguments } from './layerNormalization.js';
export { type LoadKerasModelOptions, loadKerasModel } from './loadKerasModel.js';
export { batchNormLayers } from './models/batchNormLayers.js';
export {
  type FoldBatchNormsOptions,
  type FoldedBatchNorm,
  type FoldedModel,
  foldBatchNorms,
} from './models/foldBatchNorms.js';
export type { LeftBatchNorm } from './models/foldingPlan.js';
export { freezeBatchNorms } from './models/freezeBatchNorms.js';
export type { ModelBatch, ModelInputs } from './models/inputs.js';
export type { NormalizationKind } from './models/normalizationKinds.js';
export { type RecomputeRunningStatsOptions, recomputeRunningStats } from './models/recomputeRunningStats.js';
export type { LeftNormalization, ReplaceNormalizationOptions } from './models/replacementPlan.js';
export {
  type RenormalizedModel,
  type ReplacedNormalization,
  replaceNormalization,
} from './models/replaceNormalization.js';
export { Normalization, type NormalizationArguments, type Values } from './normalization.js';
export type { AffineArguments } from './normalizationLayer.js';
export { registerKerasLayers, unregisterKerasLayers } from './registerKerasLayers.js';
export { RMSNormalization, type RMSNormalizationArguments } from './rmsNormalization.js';
export { SpectralNormalization, type SpectralNormalizationArguments } from './spectralNormalization.js';
export { UnitNormalization, type UnitNormalizationArguments } from './unitNormalization.js';
