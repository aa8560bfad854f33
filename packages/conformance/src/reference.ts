/**
 * The operations in float64, by their definitions: every element looks up its channel and its statistic, and every sum is
 * one loop over all elements. Shares no code with @bn/core or any backend; checked against PyTorch's golden data and
 * against finite differences of itself.
 */
import { factsOf } from './facts.js';
import { weightsOf } from './masks.js';
import {
  channelAxis,
  channelCount,
  type Inputs,
  type NumbersName,
  type Operation,
  overTrailingAxes,
  sizeOf,
} from './operation.js';

type Numbers = ArrayLike<number>;
type Values = { readonly [Name in keyof Pick<Inputs, NumbersName>]: Numbers } & Pick<Inputs, 'mask'>;

/** For each element of x, the index of its channel and of its mean and variance. */
interface Indices {
  readonly channel: Int32Array;
  readonly statistic: Int32Array;
  readonly statistics: number;
}

function indicesOf(operation: Operation): Indices {
  const { op, shape } = operation;
  const size = sizeOf(shape);
  const channels = channelCount(operation);
  const indexBy = (value: (i: number) => number) => Int32Array.from({ length: size }, (_, i) => value(i));
  if (overTrailingAxes(operation)) {
    return {
      channel: indexBy((i) => i % channels),
      statistic: indexBy((i) => Math.floor(i / channels)),
      statistics: size / channels,
    };
  }
  const stride = sizeOf(shape.slice(channelAxis(operation) + 1));
  const channelOf = (i: number) => Math.floor(i / stride) % channels;
  const { statistics: source, groups: groupsOf } = factsOf(op);
  if (source !== 'perSample') {
    return { channel: indexBy(channelOf), statistic: indexBy(channelOf), statistics: channels };
  }
  const groups = groupsOf!(channels, operation.numGroups);
  const sampleOf = (i: number) => Math.floor(i / sizeOf(shape.slice(1)));
  return {
    channel: indexBy(channelOf),
    statistic: indexBy((i) => sampleOf(i) * groups + Math.floor(channelOf(i) / (channels / groups))),
    statistics: shape[0]! * groups,
  };
}

/** Sums of value(i) over the elements that share an index. */
function sumBy(index: Int32Array, length: number, value: (i: number) => number): Float64Array {
  const sums = new Float64Array(length);
  for (let i = 0; i < index.length; i++) sums[index[i]!]! += value(i);
  return sums;
}

export interface ReferenceForward {
  readonly y: Float64Array;
  /** The statistics that y was normalized with: the batch's, or for inference those given. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/**
 * The share of each element in its statistic: 1 / m, or with a mask w / sum(w). All shares are 0 if all weights are.
 */
function sharesOf(operation: Operation, mask: Inputs['mask'], indices: Indices): Float64Array {
  const { statistic, statistics } = indices;
  const weights = weightsOf(operation, mask);
  const totals = sumBy(statistic, statistics, (i) => weights[i]!);
  return weights.map((weight, i) => (weight === 0 ? 0 : weight / totals[statistic[i]!]!));
}

/** mean = sum(share * x), variance = sum(share * (x - mean)^2); rmsNorm: mean = 0. */
function statisticsOf(operation: Operation, inputs: Omit<Values, 'dy'>, indices: Indices) {
  const { statistics: source, centered } = factsOf(operation.op);
  if (source === 'given') {
    return { mean: Float64Array.from(inputs.mean!), variance: Float64Array.from(inputs.variance!) };
  }
  const { x } = inputs;
  const { statistic, statistics } = indices;
  const shares = sharesOf(operation, inputs.mask, indices);
  // What has no share may be infinite or not a number.
  const sumOfShares = (value: (i: number) => number) =>
    sumBy(statistic, statistics, (i) => (shares[i] === 0 ? 0 : shares[i]! * value(i)));
  const mean = sumOfShares((i) => (centered ? x[i]! : 0));
  const variance = sumOfShares((i) => (x[i]! - mean[statistic[i]!]!) ** 2);
  return { mean, variance };
}

const epsilonOf = ({ epsilon = 1e-5 }: Operation): number => epsilon;

/** y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. */
export function referenceForward(operation: Operation, inputs: Omit<Values, 'dy'>): ReferenceForward {
  const { x, gamma, beta } = inputs;
  const indices = indicesOf(operation);
  const { channel, statistic } = indices;
  const { mean, variance } = statisticsOf(operation, inputs, indices);
  const y = Float64Array.from({ length: x.length }, (_, i) => {
    const [c, s] = [channel[i]!, statistic[i]!];
    const xhat = (x[i]! - mean[s]!) / Math.sqrt(variance[s]! + epsilonOf(operation));
    return xhat * (gamma ? gamma[c]! : 1) + (beta ? beta[c]! : 0);
  });
  return { y, mean, variance };
}

export interface ReferenceGradients {
  readonly dx: Float64Array;
  readonly dGamma: Float64Array;
  readonly dBeta: Float64Array;
}

/**
 * Gradients of sum(y * dy). With g = gamma * dy: dx = rstd * (g - share * sum(g) - share * xhat * sum(g * xhat)), sums over
 * the statistic and shares as above; rmsNorm without the first sum, inference without both.
 */
export function referenceGradients(operation: Operation, inputs: Values): ReferenceGradients {
  const { x, dy, gamma } = inputs;
  const indices = indicesOf(operation);
  const { channel, statistic, statistics } = indices;
  const { mean, variance } = statisticsOf(operation, inputs, indices);
  const shares = sharesOf(operation, inputs.mask, indices);
  const rstd = variance.map((value) => 1 / Math.sqrt(value + epsilonOf(operation)));
  const xhat = (i: number) => (x[i]! - mean[statistic[i]!]!) * rstd[statistic[i]!]!;
  const g = (i: number) => (gamma ? gamma[channel[i]!]! : 1) * dy[i]!;

  const { statistics: source, centered } = factsOf(operation.op);
  const frozen = source === 'given';
  const sumG = sumBy(statistic, statistics, (i) => (frozen || !centered ? 0 : g(i)));
  const sumGXhat = sumBy(statistic, statistics, (i) => (frozen ? 0 : g(i) * xhat(i)));
  const channels = channelCount(operation);
  return {
    dx: Float64Array.from({ length: x.length }, (_, i) => {
      const s = statistic[i]!;
      return rstd[s]! * (g(i) - shares[i]! * (sumG[s]! + xhat(i) * sumGXhat[s]!));
    }),
    dGamma: sumBy(channel, channels, (i) => dy[i]! * xhat(i)),
    dBeta: sumBy(channel, channels, (i) => dy[i]!),
  };
}
