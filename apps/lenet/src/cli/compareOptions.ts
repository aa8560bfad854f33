/** The options of `compare`, and those that only it has: lists of what to combine. */
import { availableParallelism } from 'node:os';
import type { NodeBackendName, Threads } from '@bn/backends';
import { Option } from 'commander';
import type { Grid } from '../compare/grid.js';
import { normNames, placements } from '../model/architecture.js';
import { trainingSettings } from '../training/settings.js';
import type { DataOptions } from './data.js';
import { list, number, oneOf, runName, wholeNumber } from './parsers.js';

export interface CompareCommandOptions extends DataOptions, Grid {
  readonly epochs: number;
  readonly scaleLearningRate: boolean;
  readonly backend: NodeBackendName;
  readonly jobs: number;
  readonly threads: Threads;
  /** How many train each run together; left out, as many as mpirun has started, or one. */
  readonly processes?: number;
  readonly out: string;
  readonly runName: string;
}

const { batchSize, learningRate, seed } = trainingSettings;

/** An option of several values; shows its default as the user would type it. */
const listOption = <Value>(
  flags: string,
  description: string,
  parse: (text: string) => Value,
  standard: readonly Value[],
): Option => new Option(flags, description).argParser(list(parse)).default(standard, standard.join(','));

export const compareOptions = {
  norms: () => listOption('--norms <list>', 'normalizations to compare', oneOf(normNames), normNames),
  placements: () =>
    listOption('--placements <list>', 'before, after the activation, or both', oneOf(placements), ['before']),
  batchSizes: () =>
    listOption('--batch-sizes <list>', 'images per step', number(batchSize), [batchSize.standard]),
  learningRates: () =>
    listOption('--learning-rates <list>', 'step sizes', number(learningRate), [learningRate.standard]),
  scaleLearningRate: () =>
    new Option(
      '--scale-learning-rate',
      'the learning rates are for 256 images; scale them in proportion to the batch size (Goyal et al., 2017)',
    ).default(false),
  seeds: () =>
    listOption('--seeds <list>', 'for initial weights and order of images', number(seed), [seed.standard]),
  jobs: () =>
    new Option('--jobs <n>', 'runs at a time, each in a separate process; not with --processes')
      .argParser(wholeNumber(1, 1024))
      .default(availableParallelism(), 'one for each core'),
  runName: () =>
    new Option(
      '--run-name <name>',
      "the comparison's folder in --out; if it exists, finished runs are kept and the others are resumed",
    )
      .argParser(runName)
      .default('comparison'),
};
