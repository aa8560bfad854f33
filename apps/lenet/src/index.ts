/**
 * The face of this app for others, without Node: the network, its training, its files' formats and its data. Runs in browsers
 * too. What needs Node is in node.ts. Nothing behind the two is for others.
 */

export { checkImageShape, checkLabelCount, checkLabels } from './dataset/checks.js';
export { classNames } from './dataset/classes.js';
export { type FileKey, fileNames } from './dataset/files.js';
export { type IdxArray, parseIdx } from './dataset/idx.js';
export { type Batch, BatchGatherer, type Dataset, inOrder, type LabelledImages } from './dataset/images.js';
export { longestPng, longestPngData, type PngHeader, readPngHeader } from './dataset/pngHeader.js';
export { readIdx } from './dataset/readIdx.js';
export { classCount, imageSize, pixelsPerImage } from './dataset/sizes.js';
export type { Difference, Range } from './differences.js';
export type { ErrorDetails, Reason } from './errorDetails.js';
export * from './errors.js';
export { longestFile } from './files/longestFile.js';
export {
  type ActivatedLayer,
  type Architecture,
  activatedLayers,
  leavesLoneImage,
  type Norm,
  normNames,
  type Placement,
  placements,
  type WeightedLayer,
  weightedLayers,
} from './model/architecture.js';
export { exportState, importState } from './model/arrays.js';
export { decodeCheckpoint, encodeCheckpoint, modelOf, parseCheckpoint } from './model/checkpoint.js';
export { createLeNet } from './model/initialization.js';
export { type ForwardMode, LeNet } from './model/lenet.js';
export { countCorrect, crossEntropy } from './model/loss.js';
export { norms } from './model/norms.js';
export { type Prediction, predict } from './model/predict.js';
export { maximumSeed, Random, randomStreams } from './random.js';
export { loneImageError } from './training/batches.js';
export { type DetailedEvaluation, type Evaluation, evaluate } from './training/evaluate.js';
export { alone, type TrainingGroup } from './training/group.js';
export type { StepMeasurements } from './training/measurements.js';
export { pauser } from './training/pause.js';
export { startOfEpoch } from './training/position.js';
export { type Save, type SessionKeeper, TrainingSession } from './training/session.js';
export {
  type SettingName,
  type Settings,
  settingsIn,
  standardSettings,
  trainingSettings,
} from './training/settings.js';
export {
  decodeSnapshot,
  encodeSnapshot,
  type TrainingSnapshot,
} from './training/snapshot.js';
export type { EpochMetrics, TrainingPosition, TrainingSettings, TrainingState } from './training/state.js';
export { type StepOptions, type StepResult, takeStep } from './training/step.js';
export {
  type Progress,
  type TrainObserver,
  type TrainOptions,
  train,
} from './training/train.js';
