/** The group over MPI, or of one. */
import { OptionError, type Reducer } from '@bn/core';
import { joinGroup, singleMember } from '@bn/core/group';
import * as tf from '@tensorflow/tfjs-core';
import { MpiError } from '../errors.js';
import { watchLauncher } from '../launch/watchLauncher.js';
import type { Mpi } from '../library/mpi.js';
import { type Agreed, agree } from './agree.js';
import { GradientAverage } from './averageGradients.js';
import { shardSizes } from './averageInOrder.js';
import { broadcastWeights } from './broadcastWeights.js';
import { DataParallelOptimizer } from './dataParallel.js';
import { Exchange } from './exchange.js';
import { endGroup, watchOver } from './faults.js';
import type { MpiGroup, Shard } from './group.js';
import { MpiReducer } from './mpiReducer.js';

/** How the members reach each other. */
interface Link {
  readonly mpi: Mpi;
  readonly exchange: Exchange;
  readonly gradients: GradientAverage;
}

export class Members implements MpiGroup {
  readonly rank: number;
  readonly size: number;
  readonly library: string | undefined;
  readonly reducer: Reducer;
  readonly #link: Link | undefined;
  readonly #stopWatching: () => void;
  #isFinalized = false;

  /** @param mpi after `init`; left out for a group of one */
  constructor(mpi?: Mpi) {
    this.library = mpi?.version;
    this.rank = mpi?.rank ?? 0;
    this.size = mpi?.size ?? 1;
    this.#link = mpi && this.#linkOver(mpi);
    this.reducer = this.#link ? new MpiReducer(() => this.#open()!.exchange, this) : singleMember;
    const watches = mpi ? [watchOver(this, (exitCode) => mpi.abort(exitCode)), watchLauncher()] : [];
    this.#stopWatching = () => {
      for (const stop of watches) stop();
    };
    joinGroup(this.reducer);
  }

  shard(total: number): Shard {
    checkCount('shard: total', total, 0);
    const sizes = shardSizes(total, this.size);
    const start = sizes.subarray(0, this.rank).reduce((sum, size) => sum + size, 0);
    return { start, end: start + sizes[this.rank]! };
  }

  lossScale(total: number): number {
    checkCount('lossScale: total', total, 1);
    return this.size / total;
  }

  averageGradients(gradients: tf.NamedTensorMap): tf.NamedTensorMap {
    const link = this.#open();
    if (link && this.size > 1) return link.gradients.average(gradients);
    return Object.fromEntries(Object.entries(gradients).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }

  dataParallel(optimizer: tf.Optimizer): tf.Optimizer {
    if (!(optimizer instanceof tf.Optimizer)) {
      throw new OptionError(
        'dataParallel: expected an optimizer of tfjs, for example tf.train.sgd(0.1), made by the same copy of ' +
          '@tensorflow/tfjs-core as the one that @bn/mpi finds',
      );
    }
    return new DataParallelOptimizer(optimizer, (gradients) => this.averageGradients(gradients));
  }

  broadcastWeights(weights: readonly tf.Variable[], root = 0): void {
    const link = this.#open();
    if (link) broadcastWeights(weights, root, link.mpi, link.exchange);
  }

  agree(values: Readonly<Record<string, Agreed>>): void {
    const link = this.#open();
    if (link) agree(values, link.exchange);
  }

  barrier(): void {
    this.#open()?.exchange.gather('barrier', new Float64Array());
  }

  finalize(): void {
    const link = this.#open();
    this.#isFinalized = true;
    link?.exchange.gather('finalize', new Float64Array());
    this.#stopWatching();
    joinGroup(undefined);
    link?.mpi.finalize();
  }

  abort(error: unknown, exitCode = 1): void {
    endGroup(this, error, () => (this.#link ? this.#link.mpi.abort(exitCode) : process.exit(exitCode)));
  }

  #linkOver(mpi: Mpi): Link {
    const { rank, size } = this;
    const exchange = new Exchange(mpi, rank, size);
    return { mpi, exchange, gradients: new GradientAverage({ mpi, rank, size }, exchange) };
  }

  /** @throws MpiError after `finalize`. */
  #open(): Link | undefined {
    if (this.#isFinalized)
      throw new MpiError('this group was left by finalize(), and a process cannot join again');
    return this.#link;
  }
}

function checkCount(name: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  throw new OptionError(`${name} must be an integer from ${minimum} on, got ${String(value)}`);
}
