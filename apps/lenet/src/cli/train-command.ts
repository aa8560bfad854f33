/** `train`: trains a network and leaves a run's folder behind. */
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import type { LoadedDataset } from '../dataset/resolve.js';
import { InterruptionError, OptionError } from '../errors.js';
import { encodeCheckpoint } from '../model/checkpoint.js';
import { createLeNet } from '../model/initialization.js';
import { batchStatisticNorms, type Norm } from '../model/norms.js';
import { randomStreams } from '../random.js';
import { type BackendName, startBackend } from '../run/backend.js';
import { RunFolder } from '../run/folder.js';
import { type EpochMetrics, type Progress, train } from '../training/train.js';
import { type DataOptions, loadData } from './data.js';
import { ProgressBar } from './progress.js';

export interface TrainCommandOptions extends DataOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly norm: Norm;
  readonly seed: number;
  readonly backend: BackendName;
  readonly out: string;
  readonly runName?: string;
}

/** @throws InterruptionError once `signal` is given; it says what is left of the run. */
export async function trainCommand(options: TrainCommandOptions, signal: AbortSignal): Promise<void> {
  const say = (line: string) => {
    if (!options.quiet) console.log(line);
  };
  const dataset = await loadData(options, signal);
  checkLastBatch(options, dataset.train.count);
  if (options.backend === 'cpu') {
    console.error(
      "warning: tfjs's cpu backend computes convolutions in plain JavaScript, about 20 examples/s: an epoch of " +
        `${dataset.train.count} images takes some ${Math.ceil(dataset.train.count / 20 / 60)} minutes. ` +
        '--backend wasm is hundreds of times faster.',
    );
  }
  await startBackend(options.backend);
  const streams = randomStreams(options.seed);
  const model = createLeNet(options, streams.initialization);
  const run = await RunFolder.create(options.out, options.runName, suggestedName(options), title(options));
  await run.writeConfig(configuration(options, dataset));
  say(
    `LeNet with norm ${options.norm} on ${dataset.name} Fashion-MNIST: ${dataset.train.count} training and ` +
      `${dataset.test.count} test images; ${run.path}`,
  );

  const bar = new ProgressBar(options.quiet);
  let complete = 0;
  let history: EpochMetrics[];
  try {
    history = await train(
      model,
      dataset,
      { ...options, shuffling: streams.shuffling, signal },
      {
        onStep: (progress) => {
          const values = barValues(progress);
          bar.start(barFormat(progress.epoch, options.epochs), progress.total, values);
          bar.update(progress.seen, values);
          if (progress.seen === progress.total) bar.stop();
        },
        onEpoch: async (metrics) => {
          const metadata = { epoch: String(metrics.epoch), seed: String(options.seed) };
          await run.writeEpoch(metrics, await encodeCheckpoint(model, metadata));
          complete = metrics.epoch;
          say(epochLine(metrics, options.epochs));
        },
      },
    );
  } catch (error) {
    bar.stop();
    if (signal.aborted) throw interruption(run, complete, options.epochs, error);
    throw error;
  } finally {
    model.dispose();
  }
  report(history, dataset.train.count, options.backend);
  say(`wrote ${run.path}`);
}

const interruption = (run: RunFolder, complete: number, epochs: number, cause: unknown): InterruptionError =>
  new InterruptionError(
    complete === 0
      ? 'Interrupted before the first epoch was complete: there is no checkpoint.'
      : `Interrupted: ${run.checkpointPath} holds epoch ${complete} of ${epochs}.`,
    { cause },
  );

/** One image has no variance: a batch of one cannot be normalized over the batch. */
function checkLastBatch({ norm, batchSize }: TrainCommandOptions, count: number): void {
  if (batchStatisticNorms.has(norm) && (count % batchSize === 1 || batchSize === 1)) {
    throw new OptionError(
      `--batch-size ${batchSize} leaves a batch of one image out of ${count}, and norm '${norm}' needs at least two ` +
        'to have a variance; choose another --batch-size',
    );
  }
}

function report(history: readonly EpochMetrics[], trainCount: number, backend: string): void {
  const last = history.at(-1)!;
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  console.log(
    `loss ${last.trainLoss.toFixed(3)}, train acc ${last.trainAccuracy.toFixed(3)}, ` +
      `test acc ${last.testAccuracy.toFixed(3)}`,
  );
  console.log(`${((history.length * trainCount) / seconds).toFixed(1)} examples/sec on ${backend}`);
}

const barFormat = (epoch: number, epochs: number): string =>
  `epoch ${epoch}/${epochs} |{bar}| {percentage}% loss {loss} {speed} examples/s`;

const barValues = ({ trainLoss, seen, seconds }: Progress) => ({
  loss: trainLoss.toFixed(3),
  speed: (seen / seconds).toFixed(0),
});

const epochLine = (metrics: EpochMetrics, epochs: number): string =>
  `epoch ${metrics.epoch}/${epochs}: loss ${metrics.trainLoss.toFixed(3)}, ` +
  `train acc ${metrics.trainAccuracy.toFixed(3)}, test acc ${metrics.testAccuracy.toFixed(3)}, ` +
  `${metrics.examplesPerSecond.toFixed(1)} examples/sec`;

const title = ({ norm, backend, seed }: TrainCommandOptions): string =>
  `LeNet on Fashion-MNIST: norm ${norm}, seed ${seed}, ${backend}`;

/** For example batch-wasm-seed0-20260131-235959. */
function suggestedName({ norm, backend, seed }: TrainCommandOptions): string {
  const now = new Date();
  const digits = (values: readonly number[]) =>
    values.map((value) => String(value).padStart(2, '0')).join('');
  const day = digits([now.getFullYear(), now.getMonth() + 1, now.getDate()]);
  const time = digits([now.getHours(), now.getMinutes(), now.getSeconds()]);
  return `${norm}-${backend}-seed${seed}-${day}-${time}`;
}

/** What it takes to repeat the run. */
function configuration(options: TrainCommandOptions, dataset: LoadedDataset) {
  const { norm, epochs, batchSize, learningRate, seed, backend } = options;
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return {
    norm,
    epochs,
    batchSize,
    learningRate,
    seed,
    backend,
    dataset: {
      name: dataset.name,
      path: dataset.path,
      trainImages: dataset.train.count,
      testImages: dataset.test.count,
    },
    startedAt: new Date().toISOString(),
    versions: { lenet: version, tfjs: tf.version_core, node: process.versions.node },
  };
}
