/** Every normalization at every rank and data format, each with its formula and its composition of generic ops. */
import type * as tf from '@tensorflow/tfjs-core';
import { batchNorm, type DataFormat, groupNorm, instanceNorm, layerNorm, rmsNorm } from '../../src/index.js';
import { composedBatchNorm, composedGroupNorm, composedLayerNorm } from './composed.js';
import type { Assignment } from './formulas.js';

/** gamma and beta, as far as they are given. */
export interface Affine {
  gamma?: tf.Tensor | undefined;
  beta?: tf.Tensor | undefined;
}

export interface NormalizationCase {
  readonly title: string;
  readonly assignment: Assignment;
  readonly affineShape: number[];
  readonly hasBeta: boolean;
  readonly apply: (x: tf.Tensor, affine: Affine) => tf.Tensor;
  readonly composed: (x: tf.Tensor, affine: Affine) => tf.Tensor;
}

/** Large enough to tell an implementation that leaves it out. */
export const epsilon = 0.01;

export const dataFormats: DataFormat[] = ['channelsFirst', 'channelsLast'];
const spatialShapes = [[], [3], [2, 3], [2, 1, 3]];
const samples = 3;
const channels = 4;

/** Shapes of ranks 2 to 5 with 3 samples and 4 channels. */
export const channelInputs = dataFormats.flatMap((dataFormat) =>
  spatialShapes.map((spatial) => ({
    dataFormat,
    shape: dataFormat === 'channelsFirst' ? [samples, channels, ...spatial] : [samples, ...spatial, channels],
  })),
);

function channelCases(
  name: string,
  functions: (dataFormat: DataFormat) => Pick<NormalizationCase, 'apply' | 'composed'>,
  statistic: (sample: number, channel: number) => string,
  minimalRank: number,
): NormalizationCase[] {
  return channelInputs
    .filter(({ shape }) => shape.length >= minimalRank)
    .map(({ dataFormat, shape }) => {
      const channel = (indices: readonly number[]) =>
        dataFormat === 'channelsFirst' ? indices[1]! : indices.at(-1)!;
      return {
        title: `${name} of rank ${shape.length}, ${dataFormat}`,
        assignment: {
          shape,
          statistic: (indices) => statistic(indices[0]!, channel(indices)),
          channel,
          centered: true,
        },
        affineShape: [channels],
        hasBeta: true,
        ...functions(dataFormat),
      };
    });
}

function trailingCase(shape: number[], axes: number, centered: boolean): NormalizationCase {
  const normalizedShape = shape.slice(shape.length - axes);
  const apply = centered
    ? (x: tf.Tensor, affine: Affine) => layerNorm(x, { ...affine, normalizedShape, epsilon })
    : (x: tf.Tensor, { gamma }: Affine) => rmsNorm(x, { gamma, normalizedShape, epsilon });
  const leading = shape.length - axes;
  return {
    title: `${centered ? 'layerNorm' : 'rmsNorm'} of rank ${shape.length} over ${axes} trailing axes`,
    assignment: {
      shape,
      statistic: (indices) => indices.slice(0, leading).join(),
      channel: (indices) =>
        indices.slice(leading).reduce((position, index, i) => position * normalizedShape[i]! + index, 0),
      centered,
    },
    affineShape: normalizedShape,
    hasBeta: centered,
    apply,
    composed: (x, affine) => composedLayerNorm(x, affine, normalizedShape, centered, epsilon),
  };
}

const trailingInputs: [number[], number][] = [
  [[5], 1],
  [[4, 5], 1],
  [[2, 3, 5], 2],
  [[2, 3, 2, 3], 1],
  [[2, 2, 1, 2, 3], 3],
];

export const cases: NormalizationCase[] = [
  ...channelCases(
    'batchNorm',
    (dataFormat) => ({
      apply: (x, affine) => batchNorm(x, { ...affine, dataFormat, epsilon }).y,
      composed: (x, affine) => composedBatchNorm(x, affine, dataFormat, epsilon),
    }),
    (_, channel) => `${channel}`,
    2,
  ),
  ...channelCases(
    'groupNorm',
    (dataFormat) => ({
      apply: (x, affine) => groupNorm(x, { ...affine, numGroups: 2, dataFormat, epsilon }),
      composed: (x, affine) => composedGroupNorm(x, affine, dataFormat, 2, epsilon),
    }),
    (sample, channel) => `${sample}/${Math.floor(channel / 2)}`,
    2,
  ),
  ...channelCases(
    'instanceNorm',
    (dataFormat) => ({
      apply: (x, affine) => instanceNorm(x, { ...affine, dataFormat, epsilon }),
      composed: (x, affine) => composedGroupNorm(x, affine, dataFormat, channels, epsilon),
    }),
    (sample, channel) => `${sample}/${channel}`,
    3,
  ),
  ...trailingInputs.map(([shape, axes]) => trailingCase(shape, axes, true)),
  ...trailingInputs.map(([shape, axes]) => trailingCase(shape, axes, false)),
];
