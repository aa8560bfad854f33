/** The operations under test as data, and the one place that turns such data into calls of @bn/core. */
import {
  batchNorm,
  batchNormInference,
  type DataFormat,
  groupNorm,
  instanceNorm,
  layerNorm,
  type Reducer,
  rmsNorm,
} from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

export type OperationName =
  | 'batchNorm'
  | 'batchNormInference'
  | 'layerNorm'
  | 'groupNorm'
  | 'instanceNorm'
  | 'rmsNorm';

/** An operation and the shape of x it is applied to. */
export interface Operation {
  readonly op: OperationName;
  readonly shape: readonly number[];
  /** Default 'channelsFirst'. */
  readonly dataFormat?: DataFormat;
  /** layerNorm and rmsNorm only. */
  readonly normalizedShape?: readonly number[];
  /** groupNorm only. */
  readonly numGroups?: number;
  /** Default 1e-5. */
  readonly epsilon?: number;
  /** With gamma and beta (rmsNorm: gamma). Default true. */
  readonly affine?: boolean;
}

/** Weights of what counts towards the statistics of batchNorm. */
export interface Mask {
  /** `[N]`, `[N, ...spatial]`, or between the two: the shape of x without its channel axis, or a leading part of that. */
  readonly shape: readonly number[];
  readonly dtype: 'bool' | 'float32';
  readonly values: Float32Array;
}

/** Values of the tensors of an operation; dy is the gradient that reaches y. */
export interface Inputs {
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma?: Float32Array;
  readonly beta?: Float32Array;
  readonly mean?: Float32Array;
  readonly variance?: Float32Array;
  /** batchNorm only. */
  readonly mask?: Mask;
}

/** Inputs that are nothing but numbers. */
export type NumbersName = Exclude<keyof Inputs, 'mask'>;

/** Tensors of an operation, by the same names. */
export interface Tensors {
  readonly x: tf.Tensor;
  readonly gamma?: tf.Tensor;
  readonly beta?: tf.Tensor;
  readonly mean?: tf.Tensor;
  readonly variance?: tf.Tensor;
  readonly mask?: tf.Tensor;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const overTrailingAxes = ({ op }: Operation): boolean => op === 'layerNorm' || op === 'rmsNorm';

/** Axis of the channels; meaningless for layerNorm and rmsNorm. */
export const channelAxis = ({ shape, dataFormat }: Operation): number =>
  dataFormat === 'channelsLast' ? shape.length - 1 : 1;

/** Shape of gamma and beta. */
export const parameterShape = (operation: Operation): number[] =>
  overTrailingAxes(operation) ? [...operation.normalizedShape!] : [operation.shape[channelAxis(operation)]!];

export const channelCount = (operation: Operation): number => sizeOf(parameterShape(operation));

/** For test names and messages: `groupNorm [2, 6, 5, 5] channelsLast, numGroups 3`. */
export function describeOperation({ op, shape, ...options }: Operation): string {
  const given = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [`${op} [${shape.join(', ')}]`, ...given].join(', ');
}

/** The values as tensors on the current backend; the caller disposes them. */
export function toTensors(operation: Operation, inputs: Omit<Inputs, 'dy'>): Tensors {
  const parameters = parameterShape(operation);
  return {
    x: tf.tensor(inputs.x, [...operation.shape]),
    ...(inputs.gamma && { gamma: tf.tensor(inputs.gamma, parameters) }),
    ...(inputs.beta && { beta: tf.tensor(inputs.beta, parameters) }),
    ...(inputs.mean && { mean: tf.tensor(inputs.mean, parameters) }),
    ...(inputs.variance && { variance: tf.tensor(inputs.variance, parameters) }),
    ...(inputs.mask && { mask: tf.tensor(inputs.mask.values, [...inputs.mask.shape], inputs.mask.dtype) }),
  };
}

/** y; of batchNorm with the statistics of a group, if there is a reducer. */
export function apply(
  operation: Operation,
  { x, gamma, beta, mean, variance, mask }: Tensors,
  reducer?: Reducer,
): tf.Tensor {
  const { op, dataFormat, epsilon } = operation;
  switch (op) {
    case 'batchNorm': {
      const result = batchNorm(x, { gamma, beta, mask, epsilon, dataFormat, reducer });
      tf.dispose([result.mean, result.variance]);
      return result.y;
    }
    case 'batchNormInference':
      return batchNormInference(x, { mean: mean!, variance: variance!, gamma, beta, epsilon, dataFormat });
    case 'groupNorm':
      return groupNorm(x, { numGroups: operation.numGroups!, gamma, beta, epsilon, dataFormat });
    case 'instanceNorm':
      return instanceNorm(x, { gamma, beta, epsilon, dataFormat });
    case 'layerNorm':
      return layerNorm(x, { normalizedShape: operation.normalizedShape!, gamma, beta, epsilon });
    case 'rmsNorm':
      return rmsNorm(x, { normalizedShape: operation.normalizedShape!, gamma, epsilon });
  }
}
