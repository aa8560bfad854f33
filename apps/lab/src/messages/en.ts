import { classNames } from '@bn/lenet';
import type { ErrorTexts } from '../errors.js';
import { enLearning } from './enLearning.js';
import { enPictures } from './enPictures.js';
import { whole } from './numbers.js';

const moreEpochs = (epochs: number): string => `Train ${epochs} more ${epochs === 1 ? 'epoch' : 'epochs'}`;

/** The texts in English. Their type lists what every language must have. */
export const en = {
  ...enLearning,
  ...enPictures,
  languageTag: 'en',
  /** Between the parts of a list. */
  comma: ', ',
  title: 'LeNet lab',
  subtitle: 'Train a network in your browser, swap backends during a run, and see what normalization does.',
  switchLanguage: '中文',
  theme: { label: 'Theme', light: 'Light', dark: 'Dark', system: 'System' },
  documentation: 'Documentation',
  plotKeys: 'Plot: arrow keys read its values',
  skipToCurves: 'Skip to the curves',

  norms: {
    batch: 'batch norm',
    layer: 'layer norm',
    group: 'group norm',
    instance: 'instance norm',
    none: 'no norm',
  },
  placements: { before: 'before the activation', after: 'after the activation' },
  statuses: {
    queued: 'waiting',
    training: 'training',
    paused: 'paused',
    stopped: 'stopped',
    finished: 'finished',
    diverged: 'diverged',
    failed: 'could not begin',
    weights: 'weights only',
    elsewhere: 'open in another tab',
  },

  controls: {
    title: 'New run',
    norm: 'Normalization',
    placement: 'Placement',
    learningRate: 'Learning rate',
    batchSize: 'Batch size',
    epochs: 'Epochs',
    seed: 'Seed',
    start: 'Start training',
    compare: 'Compare batch norm with none',
    compareHint: 'Two runs, one after the other, from the same seed at learning rate 0.9.',
  },

  backend: {
    title: 'Backend',
    hint: 'Change it at any time: training continues with the same weights.',
    names: { wasm: 'wasm', webgl: 'webgl', webgpu: 'webgpu', cpu: 'cpu' },
    notes: {
      wasm: 'WebAssembly, SIMD',
      webgl: 'graphics card',
      webgpu: 'graphics card, newer interface',
      cpu: 'plain JavaScript, slow',
    },
    software: (renderer: string) => `no graphics card: computed in software by ${renderer}, slow`,
    missing: (what: string) => `not available: this browser has no ${what} for workers`,
    threads: 'Threads of wasm',
    notIsolated:
      'wasm runs on one thread here: threads share memory, which browsers give only to pages that are served with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, as npm run lab does.',
    swapping: (name: string) => `Starting ${name} …`,
    failed: (to: string, kept: string | undefined, reason: string) =>
      `${to} could not start${kept ? `; training stays on ${kept}` : ''}: ${reason}`,
  },

  run: {
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    stopAll: (waiting: number) => `Stop, and drop the ${waiting} waiting`,
    none: 'No run yet. Choose a normalization and start one.',
    epochOf: (epoch: number, epochs: number) => `epoch ${epoch} of ${epochs}`,
    underWay: (seconds: number) => `This step has been running for ${seconds} s`,
    evaluating: (seconds: number) =>
      seconds > 1 ? `Evaluating on the test images for ${seconds} s` : 'Evaluating on the test images',
    loss: 'Loss',
    trainAccuracy: 'Train accuracy',
    testAccuracy: 'Test accuracy',
    speed: 'Examples/s',
    progress: 'Progress',
    announce: (name: string, status: string, at: string, loss: string) =>
      `${name}: ${status}, ${at} epochs, loss ${loss}`,
  },

  runs: {
    title: 'Runs',
    empty: 'Runs appear here, and stay when the page is reloaded.',
    show: (name: string) => `Show ${name} in the curves`,
    resume: (name: string) => `Resume ${name}`,
    open: (name: string) => `Inspect ${name}`,
    trainOn: (name: string) => `Train further from the weights of ${name}`,
    trainOnShort: 'Train further',
    openShort: 'Inspect',
    save: (name: string) => `Save a checkpoint of ${name}`,
    remove: (name: string) => `Remove ${name}`,
    saveShort: 'Save',
    removeShort: 'Remove',
    removed: (name: string) => `Removed: ${name}`,
    undo: 'Undo',
    trainFurther: (name: string, epochs: number) => `${moreEpochs(epochs)}: ${name}`,
    trainFurtherShort: moreEpochs,
    learningRate: (value: number) => `rate ${value}`,
    batch: (value: number) => `batch ${value}`,
    seed: (value: number) => `seed ${value}`,
    after: 'after',
    elsewhere:
      'This run is open in another tab. Continue there, or close that tab (or open another run in it) and try again here.',
    gone: 'This run no longer exists: it was removed in another tab.',
    tested: (accuracy: string) => `test accuracy ${accuracy}`,
  },

  curves: {
    title: 'Curves',
    loss: 'Loss',
    accuracy: 'Accuracy',
    speed: 'Examples per second',
    epochs: 'epochs',
    legend:
      'Lines: moving average during training. Dots: test images, after each epoch. Dashed vertical lines: changes of the backend. ' +
      'Drag to zoom; by keyboard, arrow keys read values, + zooms, Escape shows all.',
    empty: 'no data yet',
    smoothing: 'Smoothing',
    none: 'none',
    logarithmic: 'Loss by its logarithm',
    all: 'Show all epochs',
    saveTable: 'Save as CSV',
    savePicture: 'Save as PNG',
    at: (epochs: string) => `${epochs} epochs`,
    tested: (value: string | undefined) => value && `test ${value}`,
    last: (run: string, value: string) => `${run}: ${value}`,
    describe: (plot: string, values: string) => `${plot} by epoch. Last values: ${values}`,
    table: 'The epochs as a table',
    run: 'Run',
    epoch: 'Epoch',
    trainLoss: 'Train loss',
    trainAccuracy: 'Train accuracy',
    testLoss: 'Test loss',
    testAccuracy: 'Test accuracy',
    noEpoch: 'No epoch is complete yet.',
  },

  layers: {
    title: 'Inside the layers',
    hint:
      'What goes into each sigmoid, on 64 test images in inference mode. Line: the sigmoid. Dashes: its derivative, which is ' +
      '0.25 at most, four times as high. A sigmoid is called saturated beyond the dotted bounds, |x| > 4, where its ' +
      'derivative is below 0.018. A narrow peak at the steepest place is no good sign either: all images look alike there.',
    empty: 'Start a run to look inside.',
    names: { conv1: 'Convolution 1', conv2: 'Convolution 2', fc1: 'Dense 1', fc2: 'Dense 2' },
    saturated: (share: string) => `${share} saturated`,
    moments: (mean: string, deviation: string) => `mean ${mean}, deviation ${deviation}`,
    histogram: (layer: string, moments: string, saturated: string) =>
      `${layer}: distribution of the activation’s input, ${moments}, ${saturated}`,
    values: {
      weight: 'gamma',
      bias: 'beta',
      running_mean: 'running mean',
      running_var: 'running variance',
    },
    channel: (number: number) => `channel ${number}`,
    inputs: (low: string, high: string) => `from ${low} to ${high}`,
    count: (count: string) => `${count} values`,
    perChannel: (name: string, count: number, low: string, high: string) =>
      `${name} of ${count} channels, from ${low} to ${high}`,
    noNorm: 'No normalization here.',
  },

  images: {
    title: 'Test images',
    hint: (wrong: number, count: number) =>
      `${wrong} of ${count} sample images are classified wrong; they come first, the most confident ones in front.`,
    empty: 'Start a run to see how it classifies the test images.',
    refresh: 'Refresh',
    more: 'Show more',
    right: (label: string, confidence: string) => `${label}, ${confidence}: right`,
    wrong: (predicted: string, confidence: string, label: string) =>
      `predicted ${predicted}, ${confidence}: wrong, it is ${label}`,
    isA: (label: string) => `is: ${label}`,
  },

  draw: {
    title: 'Draw and classify',
    hint: 'Draw a piece of clothing in white. By keyboard: arrow keys move the pen, hold Space to draw, Delete clears.',
    canvas: 'Drawing of 28 by 28 pixels',
    clear: 'Clear',
    sample: 'Take a test image',
    upload: 'Open a 28×28 PNG',
    empty: 'Nothing to classify yet: draw something.',
    noModel: 'There is no network yet: start a run or load a checkpoint.',
    result: 'Prediction',
    notPng: (name: string, type: string) =>
      `${name} is ${type || 'of an unknown format'}, but must be a PNG. Save the image as PNG and try again.`,
    wrongSize: (name: string, width: number, height: number) =>
      `${name} has ${width}×${height} pixels, but must have 28×28. Scale the image to 28×28 and try again.`,
    tooLong: (name: string) =>
      `${name} is far larger than an image of 28×28 pixels. Save the image again and try again.`,
    broken: (name: string) =>
      `${name} is not a valid PNG file: the browser cannot decode it. Save the image again and try again.`,
  },

  checkpoints: {
    title: 'Checkpoints',
    hint: 'The same safetensors files as the command line writes.',
    load: 'Load a checkpoint',
    loaded: (name: string, loss: string, accuracy: string, count: number) =>
      `${name}: loss ${loss}, accuracy ${accuracy} on ${whole(count)} test images.`,
    canGoOn: 'Its training can be resumed.',
    isFinished: 'Its training is finished; you can train it further.',
    weightsOnly: 'It has only weights: inspect them, or start a run from them.',
    otherData: (wanted: number, got: number) =>
      `It was trained on ${whole(wanted)} images and the current data set has ${whole(got)}: load its data to resume it.`,
    refused: (name: string, reason: string) => `${name} was not loaded: ${reason}`,
  },

  data: {
    title: 'Images',
    names: { mini: 'Fashion-MNIST, one tenth', full: 'Fashion-MNIST', custom: 'your own files' },
    label: 'Data set',
    counts: (train: number, test: number) => `${whole(train)} training, ${whole(test)} test images`,
    choose: 'Choose the four files',
    chooseHint: 'Four IDX files, gzipped or not, with the file names of MNIST.',
    loading: 'Loading the images …',
    missingFiles: (names: string) => `You did not choose these files: ${names}. Choose all four at once.`,
    failed: (reason: string) => `The images could not be loaded: ${reason}`,
  },

  notices: {
    dismiss: 'Dismiss',
    crashed: (reason: string) =>
      `The training worker has crashed (${reason}). Runs are safe: they were last saved at most a few seconds ago.`,
    restart: 'Restart from the last save',
    notLasting:
      'This browser does not let the page store anything: runs are lost on reload. Save a checkpoint.',
    storageFailed: (reason: string) =>
      `The run could not be stored in the browser: ${reason}. Save a checkpoint to keep it.`,
    failed: (reason: string) => `That did not work: ${reason}`,
    notStarted: (reason: string) => `A run could not begin: ${reason}`,
    diverged: (reason: string) => `A run has ended: ${reason}.`,
    noCheckpoint: 'This run has not been saved.',
    starting: 'Starting …',
  },

  /** An error's message is English. */
  errors: {} as Partial<ErrorTexts>,

  classes: [...classNames] as string[],
};

/** A text that another language lacks does not compile. */
export type Messages = typeof en;
