/**
 * The face of this app for others, without Node: the network, its training, its files' formats and its data. Runs in browsers
 * too. What needs Node is in node.ts. Nothing behind the two is for others.
 */

export { checkImageShape, checkLabels } from './dataset/checks.js';
export { classNames } from './dataset/classes.js';
export { type FileKey, fileNames } from './dataset/files.js';
export { type IdxArray, parseIdx } from './dataset/idx.js';
export { type Batch, BatchGatherer, type Dataset, inOrder, type LabelledImages } from './dataset/images.js';
export { classCount, imageSize, pixelsPerImage } from './dataset/sizes.js';
export * from './errors.js';
export {
  type Difference,
  type Fault,
  type FaultTexts,
  fault,
  faultTexts,
  type Reason,
  textOf,
} from './faults.js';
export {
  type Architecture,
  leavesLoneImage,
  type Norm,
  normNames,
  type Placement,
  placements,
} from './model/architecture.js';
export { exportState, importState, type NamedArray, type NamedArrays } from './model/arrays.js';
export { decodeCheckpoint, encodeCheckpoint, modelOf, parseCheckpoint } from './model/checkpoint.js';
export { createLeNet } from './model/initialization.js';
export { type ActivatedLayer, type ForwardMode, LeNet } from './model/lenet.js';
export { countCorrect, crossEntropy } from './model/loss.js';
export { norms } from './model/norms.js';
export { type Prediction, predict } from './model/predict.js';
export { maximumSeed, Random, randomStreams } from './random.js';
export { type Evaluation, evaluate } from './training/evaluate.js';
export { startOfEpoch, type TrainingPosition } from './training/position.js';
export {
  decodeSnapshot,
  encodeSnapshot,
  type TrainingSettings,
  type TrainingSnapshot,
  type TrainingState,
} from './training/snapshot.js';
export { trainStep } from './training/step.js';
export {
  type EpochMetrics,
  type Progress,
  type TrainObserver,
  type TrainOptions,
  train,
} from './training/train.js';
