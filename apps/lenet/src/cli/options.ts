/** The command line's options: each value is checked here, once, and its error says what was got and what was wanted. */

import { nodeBackendNames } from '@bn/backends';
import { Option } from 'commander';
import { classCount } from '../dataset/sizes.js';
import { normNames, placements } from '../model/architecture.js';
import { type SettingName, trainingSettings } from '../training/settings.js';
import { httpUrl, number, path, runName, threads, wholeNumber } from './parsers.js';

/** The flag of an option by its name, for example --batch-size. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Fresh objects for each command: commander keeps state in them. */
export const options = {
  /** `--epochs <n>`, `--batch-size <n>`, ...: see training/settings.ts. */
  setting: (name: SettingName) => {
    const { whole, help, standard } = trainingSettings[name];
    return new Option(`${flagOf(name)} <${whole ? 'n' : 'x'}>`, help)
      .argParser(number(trainingSettings[name]))
      .default(standard);
  },
  norm: () =>
    new Option('--norm <kind>', 'the normalization after each layer except the last')
      .choices(normNames)
      .default('batch'),
  placement: () =>
    new Option('--placement <where>', 'whether the norm comes before or after the activation')
      .choices(placements)
      .default('before'),
  expectedNorm: () =>
    new Option('--norm <kind>', 'the expected norm (default: the one that the checkpoint names)').choices(
      normNames,
    ),
  backend: () =>
    new Option(
      '--backend <name>',
      'where tensors live: wasm is fast, webgpu is a GPU, cpu is plain JavaScript and very slow',
    )
      .choices([...nodeBackendNames])
      .default('wasm'),
  threads: () =>
    new Option(
      '--threads <n|auto>',
      'threads that compute on wasm; any number gives the same result. More than one is faster if cores are idle; auto: one ' +
        'for each core',
    )
      .argParser(threads)
      .default(1),
  processes: () =>
    new Option(
      '--processes <n>',
      'processes that train together, started by mpirun, which must be installed: each takes its share of every batch, and the ' +
        'result is that of one process (default: 1, or as many as mpirun has started)',
    ).argParser(wholeNumber(1, 1024)),
  dataset: () =>
    new Option(
      '--dataset <name|folder>',
      'full: Fashion-MNIST, downloaded (30 MB) into your cache folder unless it is there already or Debian has installed it; ' +
        'mini: the committed subset of 6,000 + 1,000 images; auto: full if that needs no download, else mini; ' +
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
      "the run's folder in --out; must be new (default: norm, placement, backend, seed and time)",
    ).argParser(runName),
  checkpointEvery: () =>
    new Option(
      '--checkpoint-every <steps>',
      'steps between checkpoints within an epoch (default: as many as make 25,600 images)',
    ).argParser(wholeNumber(1, 1_000_000_000)),
  resume: () =>
    new Option(
      '--resume <run>',
      'resume an interrupted run exactly; its folder. The run keeps its options, except --epochs (more of them), ' +
        '--checkpoint-every, --dataset (where the same images are now), --threads, --processes and --quiet. A checkpoint file, such as the ' +
        'page saves, becomes a new run',
    ).argParser(path),
  checkpoint: () =>
    new Option('--checkpoint <file>', 'the .safetensors file of a trained network')
      .argParser(path)
      .makeOptionMandatory(),
  evalBatchSize: () =>
    new Option('--batch-size <n>', 'images per batch; does not change the result')
      .argParser(number(trainingSettings.batchSize))
      .default(trainingSettings.batchSize.standard),
  top: () =>
    new Option('--top <n>', 'how many classes to print, most likely first')
      .argParser(wholeNumber(1, classCount))
      .default(1),
  invert: () =>
    new Option(
      '--invert',
      'for images of dark objects on a bright background; those of Fashion-MNIST are bright on black',
    ).default(false),
  format: () =>
    new Option(
      '--format <kind>',
      "safetensors: PyTorch's state dict; onnx: a model for onnxruntime and others, in inference form",
    )
      .choices(['safetensors', 'onnx'])
      .makeOptionMandatory(),
  output: () =>
    new Option('--output <file>', 'the file to write; must be new').argParser(path).makeOptionMandatory(),
  quiet: () => new Option('--quiet', 'print nothing but the result and warnings').default(false),
};
