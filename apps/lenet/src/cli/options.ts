/** The command line's options: each value is checked here, once, and its error says what was got and what was wanted. */
import { InvalidArgumentError, Option } from 'commander';
import { normNames } from '../model/norms.js';
import { maximumSeed } from '../random.js';
import { backendNames } from '../run/backend.js';

/** A parser of whole numbers from `minimum` to `maximum`. */
function wholeNumber(minimum: number, maximum: number) {
  return (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) {
      throw new InvalidArgumentError(`Expected a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

function learningRate(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError('Expected a positive number such as 0.9.');
  }
  return value;
}

function runName(text: string): string {
  if (!/^[\w][\w.+-]*$/.test(text)) {
    throw new InvalidArgumentError(
      "Expected a folder's name of letters, digits and . _ + - that begins with a letter or digit; " +
        'where it goes is said by --out.',
    );
  }
  return text;
}

function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path, got nothing.');
  return text;
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('Expected an http or https URL of the folder that holds the four files.');
  }
  return text.replace(/\/+$/, '');
}

/** Fresh objects for each command: commander keeps state in them. */
export const options = {
  epochs: () =>
    new Option('--epochs <n>', 'how many times to go through the training images')
      .argParser(wholeNumber(1, 100_000))
      .default(10),
  batchSize: () =>
    new Option('--batch-size <n>', 'images per step').argParser(wholeNumber(1, 60_000)).default(256),
  learningRate: () =>
    new Option('--learning-rate <x>', 'step size of stochastic gradient descent')
      .argParser(learningRate)
      .default(0.9),
  norm: () =>
    new Option('--norm <kind>', 'what stands behind each layer but the last')
      .choices(normNames)
      .default('batch'),
  expectedNorm: () =>
    new Option('--norm <kind>', 'the norm to expect (default: the one that the checkpoint names)').choices(
      normNames,
    ),
  seed: () =>
    new Option(
      '--seed <n>',
      'for initial weights and order of images; the same seed gives the same run on the same backend',
    )
      .argParser(wholeNumber(0, maximumSeed))
      .default(0),
  backend: () =>
    new Option('--backend <name>', 'where tensors live: wasm is fast, cpu is plain JavaScript and very slow')
      .choices([...backendNames])
      .default('wasm'),
  dataset: () =>
    new Option(
      '--dataset <name|folder>',
      'full: Fashion-MNIST, downloaded (30 MB) into your cache folder unless it is there or where Debian installs it; ' +
        'mini: the committed subset of 6,000 + 1,000 images; auto: full where that needs no download, else mini; ' +
        'or a folder with the four .gz files under their official names',
    )
      .argParser(path)
      .default('auto'),
  datasetUrl: () =>
    new Option('--dataset-url <url>', 'another server to download Fashion-MNIST from').argParser(httpUrl),
  out: () => new Option('--out <folder>', "where to make the run's folder").argParser(path).default('runs'),
  runName: () =>
    new Option(
      '--run-name <name>',
      "the run's folder in --out; must be new (default: norm, backend, seed and time)",
    ).argParser(runName),
  checkpoint: () =>
    new Option('--checkpoint <file>', 'the .safetensors file to evaluate')
      .argParser(path)
      .makeOptionMandatory(),
  evalBatchSize: () =>
    new Option('--batch-size <n>', 'images per batch; does not change the result')
      .argParser(wholeNumber(1, 60_000))
      .default(256),
  quiet: () => new Option('--quiet', 'print nothing but the result and warnings').default(false),
};
