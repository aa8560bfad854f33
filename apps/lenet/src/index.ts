/** The network and its training, without a command line or files: runs in Node and in a browser. */

export { classNames } from './dataset/classes.js';
export { parseIdx } from './dataset/idx.js';
export {
  type Batch,
  BatchGatherer,
  classCount,
  type Dataset,
  imageSize,
  type LabelledImages,
} from './dataset/images.js';
export * from './errors.js';
export { exportState, importState, type NamedArray, type NamedArrays } from './model/arrays.js';
export { decodeCheckpoint, encodeCheckpoint } from './model/checkpoint.js';
export { createLeNet } from './model/initialization.js';
export { type ActivatedLayer, type ForwardMode, LeNet } from './model/lenet.js';
export { countCorrect, crossEntropy } from './model/loss.js';
export { type Architecture, type Norm, normNames, norms, type Placement, placements } from './model/norms.js';
export { type Prediction, predict } from './model/predict.js';
export { Random, randomStreams } from './random.js';
export { type Evaluation, evaluate } from './training/evaluate.js';
export type { TrainingPosition } from './training/position.js';
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
