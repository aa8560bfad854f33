/** One training run of an experiment: network, batches, training, divergence. */
import { randomStreams } from '@bn/lenet';
import type * as tf from '@tensorflow/tfjs';
import { type Batch, Batches } from '../data/batches.js';
import { UnexpectedDivergenceError } from '../errors.js';
import { createNetwork, type Model } from '../models/create.js';
import type { Initialization } from '../models/initialization.js';
import { type Network, withNetwork } from '../models/network.js';
import type { StudyNorm } from '../models/normNames.js';
import { type TrainResult, train } from '../training/train.js';
import type { Context } from './experiment.js';

export const batchSize = 64;
export const vgg: Model = { name: 'vgg' };

export interface RunOptions {
  readonly model?: Model;
  readonly norm: StudyNorm;
  readonly kind?: Initialization['kind'];
  readonly scale?: number;
  readonly learningRate: number;
  readonly steps: number;
  readonly batchSize?: number;
  /** Whether a loss that is no finite number is a result here, and no error. */
  readonly mayDiverge: boolean;
  readonly optimizer?: () => tf.Optimizer;
  readonly beforeStep?: (network: Network, step: number, batch: Batch) => Promise<void>;
  readonly afterStep?: (network: Network, step: number) => Promise<void>;
}

/** A network with the weights of the context's seed: all norms begin with the same ones. */
export const networkFor = (
  { data, seed }: Context,
  { model = vgg, norm, kind, scale }: Pick<RunOptions, 'model' | 'norm' | 'kind' | 'scale'>,
): Network =>
  createNetwork(
    {
      model,
      norm,
      random: randomStreams(seed).initialization,
      ...(kind && { kind }),
      ...(scale !== undefined && { scale }),
    },
    data.train,
  );

/** Batches in the order of the context's seed: all runs see the same ones. */
export const batchesFor = ({ data, seed }: Context, size = batchSize): Batches =>
  new Batches(data.train, size, randomStreams(seed).shuffling);

/**
 * Trains, then hands network and result on; the network is freed afterwards.
 *
 * @throws UnexpectedDivergenceError if the loss is no finite number in a run that must not diverge.
 */
export function trainedRun<T>(
  context: Context,
  options: RunOptions,
  use: (network: Network, result: TrainResult) => Promise<T>,
): Promise<T> {
  const { norm, learningRate, steps, mayDiverge, beforeStep, afterStep, optimizer } = options;
  return withNetwork(networkFor(context, options), async (network) => {
    const result = await train(network, {
      batches: batchesFor(context, options.batchSize),
      learningRate,
      steps,
      ...(optimizer && { optimizer: optimizer() }),
      ...(beforeStep && { beforeStep: (step, batch) => beforeStep(network, step, batch) }),
      afterStep: async (step) => {
        await afterStep?.(network, step);
        context.progress(step / steps);
      },
      pause: context.pause,
    });
    if (result.divergedAt !== undefined && !mayDiverge) {
      const { name } = options.model ?? vgg;
      throw new UnexpectedDivergenceError(
        `${name} with norm '${norm}' at learning rate ${learningRate}, seed ${context.seed}: the loss was not finite in ` +
          `step ${result.divergedAt}, where it should stay finite. Other seeds, data or backends may do; this one gives no result`,
      );
    }
    return use(network, result);
  });
}

/** Whether a step is one of about `count` evenly spread ones, the last among them. */
export const isMeasured = (step: number, steps: number, count: number): boolean =>
  step % Math.max(1, Math.floor(steps / count)) === 0 || step === steps;

/** Mean of the last tenth of the values, or what was there before a divergence; 0 of nothing. */
export function lastPart(values: readonly number[]): number {
  const part = values.slice(-Math.max(1, Math.ceil(values.length / 10)));
  return part.length === 0 ? 0 : part.reduce((sum, value) => sum + value, 0) / part.length;
}
