/**
 * Checks at the door: each returns the value it was given, checked, or throws an error that names the argument. Only
 * undefined counts as left out and stands for the default.
 */
import * as tf from '@tensorflow/tfjs-core';
import { DisposedError, DtypeError, OptionError, ShapeError } from './errors.js';
import { type DataFormat, formatShape } from './view.js';

const show = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? formatShape(value) : String(value);

/** The kind of a value that is no object, for errors. */
export const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);

/** Refuses misspelt options: a silently ignored `eps` trains another model than the one that was asked for. */
export function checkKeys(name: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`${name}: options must be an object, got ${show(options)}`);
  }
  for (const key in options) {
    if (!known.includes(key)) {
      throw new OptionError(`${name}: unknown option '${key}'; the options are ${known.join(', ')}`);
    }
  }
}

/** Only what normalizes with given statistics can do without epsilon: a batch may have no variance, and 0 / 0 is no number. */
export function checkEpsilon(name: string, epsilon = 1e-5, allowsZero = false): number {
  const isInRange = allowsZero ? epsilon >= 0 : epsilon > 0;
  if (typeof epsilon !== 'number' || !Number.isFinite(epsilon) || !isInRange) {
    const wanted = allowsZero ? 'a finite number, positive or 0' : 'a positive finite number';
    throw new OptionError(`${name}: epsilon must be ${wanted}, got ${show(epsilon)}`);
  }
  return epsilon;
}

/** `meaning` tells whose weight the momentum is; frameworks differ in it. */
export function checkMomentum(
  name: string,
  momentum: number | null = 0.9,
  meaning = 'the weight the old value keeps',
): number | null {
  if (momentum === null) return null;
  if (typeof momentum !== 'number' || !(momentum >= 0 && momentum <= 1)) {
    throw new OptionError(
      `${name}: momentum must be in [0, 1] (${meaning}) or null (cumulative average), got ${show(momentum)}`,
    );
  }
  return momentum;
}

export function checkPositiveInteger(name: string, argument: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new OptionError(`${name}: ${argument} must be a positive integer, got ${show(value)}`);
  }
  return value;
}

export function checkBoolean(
  name: string,
  argument: string,
  value: boolean | undefined,
  fallback: boolean,
): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== 'boolean') {
    throw new OptionError(`${name}: ${argument} must be true or false, got ${show(value)}`);
  }
  return value;
}

export function checkChoice<T extends string>(
  name: string,
  argument: string,
  value: T,
  choices: readonly T[],
): T {
  if (!choices.includes(value)) {
    throw new OptionError(
      `${name}: ${argument} must be ${choices.map((choice) => `'${choice}'`).join(' or ')}, got ${show(value)}`,
    );
  }
  return value;
}

export const checkDataFormat = (name: string, value: DataFormat = 'channelsFirst'): DataFormat =>
  checkChoice(name, 'dataFormat', value, ['channelsFirst', 'channelsLast']);

/** A size or a list of sizes, as LayerNorm takes it; returned as a list. */
export function checkNormalizedShape(name: string, shape: number | readonly number[]): readonly number[] {
  const sizes = typeof shape === 'number' ? [shape] : shape;
  if (
    !Array.isArray(sizes) ||
    sizes.length === 0 ||
    sizes.some((size) => !Number.isInteger(size) || size < 1)
  ) {
    throw new OptionError(
      `${name}: normalizedShape must be a positive integer or a non-empty list of them, got ${show(shape)}`,
    );
  }
  return [...sizes];
}

/** x as every operation takes it: a float32 tensor that has not been disposed. Its rank is checked by the view. */
export function checkInput<T extends tf.Tensor>(name: string, argument: string, x: T): T {
  if (!(x instanceof tf.Tensor)) {
    throw new DtypeError(`${name}: ${argument} must be a tf.Tensor of dtype float32, got ${kindOf(x)}`);
  }
  if (x.dtype !== 'float32') {
    throw new DtypeError(
      `${name}: ${argument} must have dtype float32, got ${x.dtype}; convert it with tf.cast(x, 'float32')`,
    );
  }
  refuseDisposed(name, argument, x);
  return x;
}

/** @throws DisposedError */
export function refuseDisposed(name: string, argument: string, tensor: tf.Tensor): void {
  if (tensor.isDisposed) throw new DisposedError(`${name}: ${argument} has been disposed`);
}

/** A parameter or statistic that must have exactly this shape; undefined passes. */
export function checkParameter<T extends tf.Tensor>(
  name: string,
  argument: string,
  value: T | undefined,
  shape: readonly number[],
): T | undefined {
  if (value === undefined) return undefined;
  checkInput(name, argument, value);
  if (!tf.util.arraysEqual(value.shape, [...shape])) {
    throw new ShapeError(
      `${name}: ${argument} must have shape ${formatShape(shape)}, got ${formatShape(value.shape)}`,
    );
  }
  return value;
}
