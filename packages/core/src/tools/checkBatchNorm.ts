/** The check of a BatchNorm layer that a function is given for its running statistics. */
import { OptionError } from '../errors.js';
import { BatchNorm } from '../layers/batchNorm.js';
import { kindOf } from '../options.js';
import type { RunningStatistics } from '../statistics/runningStatistics.js';

/**
 * The running statistics of `bn`.
 *
 * @throws OptionError if it is no BatchNorm or keeps none, DisposedError if it has been disposed.
 */
export function checkBatchNorm(name: string, argument: string, bn: BatchNorm): RunningStatistics {
  if (!(bn instanceof BatchNorm)) {
    throw new OptionError(`${name}: ${argument} must be a BatchNorm, got ${kindOf(bn)}`);
  }
  const statistics = bn.usableStatistics();
  if (statistics === undefined) {
    throw new OptionError(
      `${name}: ${argument} must keep running statistics, got a BatchNorm with trackRunningStats: false`,
    );
  }
  return statistics;
}
