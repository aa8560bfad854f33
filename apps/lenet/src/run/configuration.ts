/** A run's config.json: what it takes to repeat the run, or to go on with it. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { nodeBackendNames } from '@bn/backends';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { checked, numberIn } from '../checked.js';
import { counted } from '../counts.js';
import type { LoadedDataset } from '../dataset/resolve.js';
import { datasetNames } from '../dataset/resolve.js';
import { differenceText } from '../differences.js';
import { CheckpointError, OptionError } from '../errors.js';
import { leavesLoneImage, normNames, placements } from '../model/architecture.js';
import { settingsIn } from '../training/settings.js';
import { settingsShape, type TrainingSettings } from '../training/state.js';

const count = numberIn({ whole: true, minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

const schema = z.object({
  norm: z.enum(normNames),
  placement: z.enum(placements),
  ...settingsShape,
  backend: z.enum(nodeBackendNames),
  /** Steps from one checkpoint to the next within an epoch. */
  checkpointEvery: count,
  dataset: z.object({
    name: z.enum(datasetNames),
    path: z.string(),
    /** Of all images and labels. */
    sha256: z.string(),
    trainImages: count,
    testImages: count,
  }),
  startedAt: z.string(),
  versions: z.record(z.string(), z.string()),
});

export type RunConfiguration = Readonly<z.infer<typeof schema>>;

/** What the user decides about a run. */
export type RunOptions = Omit<RunConfiguration, 'dataset' | 'startedAt' | 'versions' | 'checkpointEvery'> & {
  /** Default: as many as take 25,600 images. */
  readonly checkpointEvery?: number | undefined;
};

/** Images from one checkpoint to the next: seconds of training, beside which writing takes next to no time. */
const imagesPerCheckpoint = 25_600;

/** @throws OptionError where the options do not go with the data set. */
export function createConfiguration(options: RunOptions, dataset: LoadedDataset): RunConfiguration {
  const { norm, placement, batchSize, backend } = options;
  const { checkpointEvery = Math.ceil(imagesPerCheckpoint / batchSize) } = options;
  checkLastBatch(options, dataset.train.count);
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return {
    ...{ norm, placement, ...settingsIn(options), backend, checkpointEvery },
    dataset: {
      name: dataset.name,
      path: resolve(dataset.path),
      sha256: dataset.sha256,
      trainImages: dataset.train.count,
      testImages: dataset.test.count,
    },
    startedAt: new Date().toISOString(),
    versions: { lenet: version, tfjs: tf.version_core, node: process.versions.node },
  };
}

function checkLastBatch({ norm, batchSize }: RunOptions, count: number): void {
  if (leavesLoneImage(norm, batchSize, count)) {
    throw new OptionError(
      `--batch-size ${batchSize} leaves a single image of ${counted(count)} for the last batch, and norm '${norm}' needs at least two ` +
        'to have a variance; choose another --batch-size',
    );
  }
}

/** @throws CheckpointError that lists every entry that is missing or wrong. */
export function parseConfiguration(text: string): RunConfiguration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError('expected JSON, got something else', { cause: error });
  }
  const result = checked(schema, value);
  if ('data' in result) return result.data;
  const differences = result.differences.map(differenceText);
  throw new CheckpointError(`this is not the configuration of a run:\n  ${differences.join('\n  ')}`);
}

/** The part of the configuration that a checkpoint holds too. */
export const settingsOf = (configuration: RunConfiguration): TrainingSettings => ({
  ...settingsIn(configuration),
  trainCount: configuration.dataset.trainImages,
});
