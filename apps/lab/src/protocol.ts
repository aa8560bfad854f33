/**
 * What the page and its worker say to each other. The page calls commands, each answered once, by a value or an error;
 * the worker reports events as they happen.
 */
import type { BackendName } from '@bn/backends';
import type {
  ActivatedLayer,
  DetailedEvaluation,
  EpochMetrics,
  FileKey,
  Norm,
  Placement,
  Prediction,
  Reason,
  StepMeasurements,
  TrainingSettings,
  TrainingState,
} from '@bn/lenet';

/** What a person chooses for a run. */
export interface RunSettings extends Omit<TrainingSettings, 'trainCount'> {
  readonly norm: Norm;
  readonly placement: Placement;
}

/** Where to get the four files of a data set: addresses to fetch, or files that a person chose. */
export interface DatasetSource {
  readonly name: string;
  readonly files: Readonly<Record<FileKey, string | Blob>>;
}

export interface DatasetSummary {
  readonly name: string;
  readonly trainCount: number;
  readonly testCount: number;
  /** All test images: `testCount * 784` bytes, and their classes. */
  readonly testPixels: Uint8Array;
  readonly testLabels: Uint8Array;
  /** The test images that predictions are shown of: `count * 784` bytes, and their classes. */
  readonly samplePixels: Uint8Array;
  readonly sampleLabels: Uint8Array;
}

/** A stretch of training: averages over the images since the point before. */
export interface CurvePoint {
  /** Epochs seen at its end; 1.5 is in the middle of the second. */
  readonly at: number;
  readonly images: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly examplesPerSecond: number;
}

/** What was measured in the layers at one step. */
export interface MeasuredPoint extends StepMeasurements {
  /** Epochs seen before the step. */
  readonly at: number;
}

/**
 * A sigmoid is called saturated beyond -4 and 4. Its derivative is below 0.018 there, a fourteenth of the 0.25 that it is at 0.
 */
export const saturation = 4;

/** What is in a checkpoint that was opened. */
export interface OpenedRun {
  readonly norm: Norm;
  readonly placement: Placement;
  /** Where its training stands; undefined for weights alone. */
  readonly training?: TrainingState;
  /** Whether training can go on: it knows where it stands, and the data set has as many images as its own. */
  readonly resumable: boolean;
}

/** Values of the activation's input on the probe images, in bins of equal width. */
export interface LayerDistribution {
  readonly layer: ActivatedLayer;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  /** Share of the values for which the sigmoid is saturated, 0 to 1. */
  readonly saturated: number;
  /** Parameters and statistics of the layer's normalization by their PyTorch names, one value per channel. */
  readonly norm: Readonly<Record<string, Float32Array>>;
}

/** What a convolution makes of one image, in inference mode. */
export interface FeatureMaps {
  readonly layer: 'conv1' | 'conv2';
  /** For each channel what its sigmoid gives, 0 to 1: the rows of a square, one after the other. */
  readonly maps: readonly Float32Array[];
}

/** The first layers, and one image in them. */
export interface FirstLayers {
  /** For each channel of the first convolution its 5x5 weights, row by row. */
  readonly filters: readonly Float32Array[];
  /** Of both convolutions, in their order. */
  readonly featureMaps: readonly FeatureMaps[];
}

/** How many test images of a class are taken for a class: `matrix[label][predicted]`. */
export type ConfusionMatrix = readonly (readonly number[])[];

/** A run on all test images. */
export interface TestResult extends DetailedEvaluation {
  readonly confusion: ConfusionMatrix;
}

/** What the worker does when asked. Errors arrive as `TrainerError`. */
export interface TrainerCommands {
  /** Makes it tfjs's backend, wasm with so many threads; a run in training goes on there. If it cannot start, nothing changes. */
  useBackend(name: BackendName, threads?: number): Promise<void>;
  /** Replaces the data; closes the open run. */
  loadDataset(source: DatasetSource): Promise<DatasetSummary>;
  /** A new run, from random weights or those of a checkpoint; the one open before is paused and saved. */
  createRun(id: string, settings: RunSettings, weights?: Uint8Array): Promise<void>;
  /** A run or weights as saved; the one open before is paused and saved. Where it cannot be opened, nothing changes. */
  openRun(id: string, checkpoint: Uint8Array): Promise<OpenedRun>;
  /** Gives the open run this number of epochs, and saves it. It may have been finished, and is not in training. */
  setEpochs(epochs: number): Promise<void>;
  /** Trains the open run; answers as soon as training is under way. */
  train(): Promise<void>;
  /** Ends training after the step under way, saves. */
  pause(): Promise<void>;
  /** Saves the open run now, training or not. */
  save(): Promise<void>;
  /**
   * The open run on all test images, while it does not train. Fails with LENET_INTERRUPTION if the run trains, or is closed,
   * before that is done.
   */
  evaluate(): Promise<TestResult>;
  /** All classes for an image of 784 bytes, the likeliest first. */
  classify(pixels: Uint8Array): Promise<readonly Prediction[]>;
  /** Looks into the open run's layers. */
  inspect(): Promise<readonly LayerDistribution[]>;
  /** The open run's filters, and what its convolutions make of an image of 784 bytes. */
  lookAt(pixels: Uint8Array): Promise<FirstLayers>;
  /** The likeliest class of each test image of the sample. */
  predictSample(): Promise<readonly Prediction[]>;
}

/** What happens to a run while it trains. */
export type TrainerEvent = { readonly run: string } & (
  | { readonly kind: 'points'; readonly points: readonly CurvePoint[] }
  | { readonly kind: 'measured'; readonly point: MeasuredPoint }
  | { readonly kind: 'epoch'; readonly metrics: EpochMetrics; readonly tested: TestResult }
  | { readonly kind: 'layers'; readonly layers: readonly LayerDistribution[] }
  | { readonly kind: 'saved'; readonly checkpoint: Uint8Array }
  | { readonly kind: 'finished' }
  | { readonly kind: 'diverged'; readonly reason: Reason }
  | { readonly kind: 'broken'; readonly reason: Reason }
);

/** What the worker posts unasked; commands and their answers go by comlink. */
export type WorkerMessage =
  | { readonly event: TrainerEvent }
  | { readonly backends: readonly BackendAvailability[] };

/** Whether this browser has what a backend needs, and if not, what it lacks. */
export interface BackendAvailability {
  readonly name: BackendName;
  readonly missing?: string;
  /** A graphics processor's backend that a program for the processor stands in for, by its name. */
  readonly software?: string;
}
