/** Batch renormalization: how BatchNormalization trains with `renorm`. */
import { type DataFormat, OptionError } from '@bn/core';
import { checkMomentum } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Initializer } from './kerasObjects.js';
import { movesBy } from './movingAverages.js';

/** Limits of r and d; a limit that is left out does not hold. */
export interface RenormClipping {
  /** The largest r, above 0. */
  rmax?: number | null;
  /** The smallest r, at least 0. */
  rmin?: number | null;
  /** The largest absolute d, at least 0. */
  dmax?: number | null;
}

/** The arguments of `BatchNormalization` about batch renormalization. */
export interface RenormArguments {
  /** Batch renormalization: in training y is corrected towards what moving statistics would give. Default false. */
  renorm?: boolean;
  /** Limits of the corrections. Default none. */
  renormClipping?: RenormClipping;
  /** Weight in [0, 1] that the statistics which y is corrected towards keep at each step. Default 0.99. */
  renormMomentum?: number;
}

/** x normalized with the batch, its mean and biased variance, and which channels a mask leaves something of. */
interface Normalized {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly isSeen: tf.Tensor | undefined;
}

type AddWeight = (name: string, initializer: Initializer) => tfl.LayerVariable;

/**
 * y = (xhat * r + d) * gamma + beta, where xhat is x normalized with the batch, and
 *
 * r = sqrt(variance + epsilon) / max(renorm_stddev, sqrt(epsilon)), d = (mean - renorm_mean) / max(renorm_stddev, sqrt(epsilon)),
 *
 * clipped, are constants for the gradient. renorm_mean and renorm_stddev move by `renormMomentum`, moving_stddev by `momentum`, and
 * moving_variance = max(moving_stddev^2 - epsilon, 0), as in Keras.
 *
 * Ioffe, "Batch Renormalization" (2017), algorithm 1.
 */
export class BatchRenormalization {
  readonly #clipping: { rmin: number; rmax: number; dmax: number };
  readonly #momentum: number;
  readonly #epsilon: number;
  #mean: tfl.LayerVariable | undefined;
  #deviation: tfl.LayerVariable | undefined;
  /** sqrt(variance + epsilon) as inference has it. */
  #movingDeviation: tfl.LayerVariable | undefined;

  /** @throws OptionError for limits that are none, and a momentum outside of [0, 1]. */
  constructor(layer: string, epsilon: number, args: RenormArguments) {
    const { renormClipping = {}, renormMomentum = 0.99 } = args;
    this.#clipping = checkClipping(layer, renormClipping);
    this.#momentum = checkMomentum(layer, renormMomentum, 'renormMomentum, the weight the old value keeps')!;
    this.#epsilon = epsilon;
  }

  /** Makes the weights, in Keras' order. */
  build(addWeight: AddWeight, mean: Initializer, variance: Initializer): void {
    const deviation = {
      apply: (shape: number[]) => tf.tidy(() => tf.sqrt(variance.apply(shape))),
    } as Initializer;
    this.#movingDeviation = addWeight('moving_stddev', deviation);
    this.#mean = addWeight('renorm_mean', mean);
    this.#deviation = addWeight('renorm_stddev', deviation);
  }

  /** y. */
  apply(
    { y: xhat, mean, variance }: Normalized,
    {
      gamma = tf.scalar(1),
      beta = tf.scalar(0),
    }: { gamma: tf.Tensor | undefined; beta: tf.Tensor | undefined },
    dataFormat: DataFormat,
  ): tf.Tensor {
    const [r, d] = tf.unstack(this.#corrections(mean, variance));
    const [, ...positions] = dataFormat === 'channelsLast' ? [] : xhat.shape.slice(1);
    const perChannel = (values: tf.Tensor) => tf.reshape(values, [-1, ...positions.map(() => 1)]);
    const offset = tf.add(tf.mul(d!, gamma), beta);
    return tf.add(tf.mul(xhat, perChannel(tf.mul(r!, gamma))), perChannel(offset));
  }

  /** Moves all statistics but the moving mean. */
  move({ mean, variance, isSeen }: Normalized, momentum: number, movingVariance: tfl.LayerVariable): void {
    const deviation = tf.sqrt(tf.add(variance, this.#epsilon));
    const moveRenorm = movesBy(this.#momentum, isSeen);
    moveRenorm(this.#mean!, mean);
    moveRenorm(this.#deviation!, deviation);
    movesBy(momentum, isSeen)(this.#movingDeviation!, deviation);
    const moved = tf.relu(tf.sub(tf.square(this.#movingDeviation!.read()), this.#epsilon));
    movingVariance.write(
      isSeen === undefined ? moved : tf.where(tf.cast(isSeen, 'bool'), moved, movingVariance.read()),
    );
  }

  /** The variable that the moving variance is computed from. */
  get movingDeviation(): tfl.LayerVariable {
    return this.#movingDeviation!;
  }

  /** [r, d] per channel, through which no gradient goes. */
  #corrections(mean: tf.Tensor, variance: tf.Tensor): tf.Tensor {
    const { rmin, rmax, dmax } = this.#clipping;
    const compute = (batchMean: tf.Tensor, batchVariance: tf.Tensor) => {
      const deviation = tf.maximum(this.#deviation!.read(), Math.sqrt(this.#epsilon));
      const r = tf.div(tf.sqrt(tf.add(batchVariance, this.#epsilon)), deviation);
      const d = tf.div(tf.sub(batchMean, this.#mean!.read()), deviation);
      return tf.stack([clip(r, rmin, rmax), clip(d, -dmax, dmax)]);
    };
    return tf.customGrad((...args) => {
      const [batchMean, batchVariance] = args as tf.Tensor[];
      const value = tf.tidy(() => compute(batchMean!, batchVariance!));
      return { value, gradFunc: () => [tf.zeros(mean.shape), tf.zeros(variance.shape)] };
    })(mean, variance);
  }
}

const clip = (values: tf.Tensor, low: number, high: number): tf.Tensor =>
  tf.minimum(tf.maximum(values, low), high);

/**
 * The limits, infinite if they are left out.
 *
 * @throws OptionError
 */
function checkClipping(layer: string, clipping: RenormClipping) {
  const { rmin, rmax, dmax, ...others } = clipping;
  const limits = {
    rmin: rmin ?? 0,
    rmax: rmax ?? Number.POSITIVE_INFINITY,
    dmax: dmax ?? Number.POSITIVE_INFINITY,
  };
  const areNumbers = Object.values(limits).every((limit) => typeof limit === 'number' && limit >= 0);
  if (
    typeof clipping === 'object' &&
    areNumbers &&
    limits.rmax > 0 &&
    limits.rmax >= limits.rmin &&
    Object.keys(others).length === 0
  )
    return limits;
  throw new OptionError(
    `${layer}: renormClipping must have no keys but rmax, rmin and dmax, none negative, and an rmax above 0 that is at least rmin, ` +
      `got ${JSON.stringify(clipping)}`,
  );
}
