/** An operation under test as data, and what follows from its shape. It needs neither tfjs nor @bn/core. */
import { factsOf, type OperationName, type OperationOptions } from './facts.js';

export type { OperationName } from './facts.js';

/** An operation and the shape of x it is applied to. */
export interface Operation extends OperationOptions {
  readonly op: OperationName;
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

export const overTrailingAxes = ({ op }: Operation): boolean => factsOf(op).over === 'trailingAxes';

/** Axis of the channels; meaningless for layerNorm and rmsNorm. */
export const channelAxis = ({ shape, dataFormat }: Operation): number =>
  dataFormat === 'channelsLast' ? shape.length - 1 : 1;

/** Shape of gamma and beta. */
export const parameterShape = (operation: Operation): number[] =>
  overTrailingAxes(operation) ? [...operation.normalizedShape!] : [operation.shape[channelAxis(operation)]!];

export const channelCount = (operation: Operation): number => sizeOf(parameterShape(operation));

/** Options with which core's `moments` computes the statistics of an operation. */
export function momentsOptions(operation: Operation) {
  const { op, dataFormat, normalizedShape, numGroups } = operation;
  if (overTrailingAxes(operation)) return { normalizedShape };
  const { groups } = factsOf(op);
  return groups ? { dataFormat, numGroups: groups(channelCount(operation), numGroups) } : { dataFormat };
}

/** For test names and messages: `groupNorm [2, 6, 5, 5] channelsLast, numGroups 3`. */
export function describeOperation({ op, shape, ...options }: Operation): string {
  const given = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return [`${op} [${shape.join(', ')}]`, ...given].join(', ');
}
