/** Recomputes running statistics from a whole data set. */
import * as tf from '@tensorflow/tfjs-core';
import { OptionError } from '../errors.js';
import type { BatchNorm } from '../layers/batchNorm.js';
import { kindOf } from '../options.js';
import type { RunningStatistics } from '../statistics/runningStatistics.js';
import { StatisticsCollector } from '../statistics/statisticsCollector.js';
import { checkBatchNorm } from './checkBatchNorm.js';

/** The batches of a data set, at hand or loaded while they are asked for. */
export type Batches<Batch> = Iterable<Batch> | AsyncIterable<Batch>;

const name = 'recomputeRunningStats';

/** Takes what one layer sees in place of its running statistics, from `start` to `stop`. */
class Collector {
  readonly #gathered: StatisticsCollector;

  constructor(
    private readonly statistics: RunningStatistics,
    private readonly title: string,
  ) {
    this.#gathered = new StatisticsCollector(statistics.mean.size, statistics.options.skipNonFiniteBatches);
  }

  start(): void {
    this.statistics.collector = (batch) => this.#gathered.add(batch);
  }

  merge(): Promise<void> {
    return this.#gathered.merge();
  }

  stop(): void {
    this.statistics.collector = undefined;
    this.#gathered.free();
  }

  /** @throws OptionError if nothing came in. */
  assertSeen(): void {
    if (this.#gathered.moments.count.every((count) => count > 0)) return;
    throw new OptionError(
      `${name}: ${this.title} saw no values, so that nothing was changed; every batch must call it with ` +
        '{ training: true }, and not mask all of it',
    );
  }

  assign(): void {
    const { moments } = this.#gathered;
    const { mean, count, parts } = moments;
    const correction = (values: number) => (values > 1 ? this.statistics.correction(values) : 1);
    const variance = moments.variance().map((value, channel) => value * correction(count[channel]!));
    tf.tidy(() => {
      this.statistics.mean.assign(tf.tensor1d(Float32Array.from(mean)));
      this.statistics.variance.assign(tf.tensor1d(Float32Array.from(variance)));
    });
    this.statistics.batchesTracked.value = parts;
  }
}

/**
 * Sets the running statistics of BatchNorm layers to those of a whole data set: mean and variance over all values of all
 * batches, as if they had come in one, rather than an average that remembers earlier weights. The moments of the batches
 * are merged in float64; the variance is unbiased or biased as each layer's `varianceEstimate` says, and
 * `num_batches_tracked` becomes the number of batches that the layer saw. For use after training (or averaging weights),
 * before inference.
 *
 * For each batch `forward(batch)` must run the model with `{ training: true }` for the layers listed, so that every layer
 * sees what it sees in training: the activations of layers before it that normalize with the batch's own statistics. It
 * runs in `tf.tidy`, and what it returns is discarded. Without `forward` a batch is a function that does the same, or, for a
 * single layer, its x. The batches' tensors remain the caller's; a generator can dispose one after it has yielded it.
 *
 * A layer with `skipNonFiniteBatches` leaves out batches whose mean or variance is NaN or infinite.
 *
 * The layers' running statistics change all together at the end. When anything fails before, they stay what they were. BatchNorm
 * layers that the model runs but that are not listed go on as in training. Do not train the model at the same time.
 *
 * Ioffe and Szegedy, "Batch Normalization" (2015), algorithm 2; instead of averaging the variances of the
 * batches, which leaves out how their means differ, this takes the variance of the whole. Merging: Chan, Golub and LeVeque (1979).
 *
 * @param batches a list, generator or async generator.
 * @throws (as rejections) OptionError if layers is not a list of BatchNorm layers that keep running statistics and are
 * not being recomputed already, batches is not iterable, forward is missing or returns a promise, or a layer saw no values;
 * DisposedError if a layer has been disposed; and whatever forward and batches throw.
 */
export async function recomputeRunningStats<Batch>(
  layers: readonly BatchNorm[],
  batches: Batches<Batch>,
  forward?: (batch: Batch) => unknown,
): Promise<void> {
  const collectors = checkLayers(layers);
  checkBatches(batches);
  if (forward !== undefined && typeof forward !== 'function') {
    throw new OptionError(`${name}: forward must be a function of a batch, got ${kindOf(forward)}`);
  }
  const run = forward ?? ((batch: Batch) => runAlone(layers, batch));
  for (const collector of collectors) collector.start();
  try {
    for await (const batch of batches) {
      tf.tidy(() => assertSynchronous(run(batch)));
      for (const collector of collectors) await collector.merge();
    }
  } finally {
    for (const collector of collectors) collector.stop();
  }
  for (const layer of layers) layer.usableStatistics();
  for (const collector of collectors) collector.assertSeen();
  for (const collector of collectors) collector.assign();
}

function checkLayers(layers: readonly BatchNorm[]): Collector[] {
  if (!Array.isArray(layers) || layers.length === 0) {
    const got = Array.isArray(layers) ? 'an empty one' : kindOf(layers);
    throw new OptionError(`${name}: layers must be a list of BatchNorm layers, got ${got}`);
  }
  const seen = new Set<RunningStatistics>();
  return layers.map((layer: BatchNorm, i) => {
    const title = `layers[${i}]`;
    const statistics = checkBatchNorm(name, title, layer);
    if (seen.has(statistics) || statistics.collector !== undefined) {
      const problem = seen.has(statistics) ? 'is listed twice' : 'is being recomputed already';
      throw new OptionError(`${name}: ${title} ${problem}`);
    }
    seen.add(statistics);
    return new Collector(statistics, title);
  });
}

function checkBatches(batches: unknown): void {
  const iterable = Object(batches) as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  if (!iterable[Symbol.iterator] && !iterable[Symbol.asyncIterator]) {
    const got = kindOf(batches);
    throw new OptionError(`${name}: batches must be a list, a generator or an async generator, got ${got}`);
  }
}

/** A batch without `forward`. */
function runAlone(layers: readonly BatchNorm[], batch: unknown): unknown {
  if (typeof batch === 'function') return batch();
  if (batch instanceof tf.Tensor && layers.length === 1) return layers[0]!.apply(batch, { training: true });
  throw new OptionError(
    `${name}: without forward a batch must be a function that runs the model, or the x of a single layer, got ` +
      `${batch instanceof tf.Tensor ? `a tensor for ${layers.length} layers` : typeof batch}`,
  );
}

function assertSynchronous(result: unknown): void {
  if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return;
  // What becomes of it is of no interest any more; unheard, its failure would end a Node process.
  (result as PromiseLike<unknown>).then(undefined, () => {});
  throw new OptionError(
    `${name}: forward must run the model before it returns, got a promise; load what it needs in batches`,
  );
}
