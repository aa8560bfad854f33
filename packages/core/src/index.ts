/**
 * Normalization for TensorFlow.js on pluggable backends: layers, functions, gradients, and the contract that a backend
 * fulfils. Importing it registers the gradients; kernels come with a backend's package.
 *
 * @packageDocumentation
 */
import './dispatch/gradients.js';
import './dispatch/swap.js';

export type {
  BackwardResult,
  ForwardResult,
  GradientSums,
  Moments,
  NormalizationBackend,
  StatisticSums,
} from './backend.js';
export { registerBackend, registeredBackends, useBackend } from './dispatch/registry.js';
export {
  BackendError,
  DisposedError,
  DtypeError,
  NormalizationError,
  OptionError,
  ReducerError,
  ShapeError,
  StateDictError,
} from './errors.js';
export type { AffineOptions, BatchNormFunctionOptions } from './functions/arguments.js';
export {
  type BatchNormInferenceOptions,
  type BatchNormResult,
  type BatchNormTrainingOptions,
  batchNorm,
  batchNormInference,
} from './functions/batchNorm.js';
export { type GroupNormFunctionOptions, groupNorm, instanceNorm } from './functions/groupNorm.js';
export { type LayerNormFunctionOptions, layerNorm, rmsNorm } from './functions/layerNorm.js';
export { type MomentsOptions, moments } from './functions/moments.js';
export type { Reducer } from './group/reducer.js';
export { BatchNorm, type BatchNormApplyOptions } from './layers/batchNorm.js';
export type { BatchNormOptions, CheckedBatchNormOptions } from './layers/batchNormOptions.js';
export { GroupNorm, type GroupNormOptions } from './layers/groupNorm.js';
export {
  InstanceNorm,
  type InstanceNormApplyOptions,
  type InstanceNormOptions,
} from './layers/instanceNorm.js';
export { LayerNorm, type LayerNormOptions, RMSNorm, type RMSNormOptions } from './layers/layerNorm.js';
export type { LoadStateDictOptions, Normalization } from './normalization.js';
export {
  type D2lBatchNormOptions,
  d2lBatchNorm,
  kerasBatchNorm,
  type TorchInstanceNormOptions,
  torchBatchNorm,
  torchInstanceNorm,
  torchRMSNorm,
} from './presets.js';
export type { StateDict } from './stateDict.js';
export type { VarianceEstimate } from './statistics/runningStatistics.js';
export { type FoldOptions, foldBatchNorm } from './tools/foldBatchNorm.js';
export { type MergeRunningStatsOptions, mergeRunningStats } from './tools/mergeRunningStats.js';
export { type Batches, recomputeRunningStats } from './tools/recomputeRunningStats.js';
export {
  batchNormView,
  type DataFormat,
  elementsPerStatistic,
  groupNormView,
  instanceNormView,
  type Layout,
  layerNormView,
  layoutOf,
  type NormalizationView,
  statisticsShape,
} from './view.js';
