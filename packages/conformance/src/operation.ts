/** An operation under test as data, and what follows from its shape. It needs neither tfjs nor @bn/core. */
import type { DataFormat } from '@bn/core';

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
