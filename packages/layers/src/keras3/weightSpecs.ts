/** What a file says of its weights. */
import { StateDictError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { isObject } from './config.js';

const bytesPerElement: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1, complex64: 8, string: Number.NaN },
};
const quantizations = ['float16', 'uint16', 'uint8'];

const isSize = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;

/**
 * The bytes of each weight; NaN for strings, whose sizes stand in the data.
 *
 * @throws StateDictError that names the weight and what is wrong in its description.
 */
export function bytesOfWeights(specs: unknown): number[] {
  if (!Array.isArray(specs)) throw damaged(`weightSpecs must be a list, got ${JSON.stringify(specs)}`);
  return specs.map((spec) => {
    if (!isObject(spec) || typeof spec.name !== 'string' || spec.name === '') {
      throw damaged(`a weight must have a name, got ${JSON.stringify(spec)}`);
    }
    const { name, shape, dtype, quantization } = spec;
    const wrong = (key: string, wanted: string, got: unknown) =>
      damaged(`${key} of the weight '${name}' must be ${wanted}, got ${JSON.stringify(got)}`);
    if (!Array.isArray(shape) || !shape.every(isSize)) throw wrong('shape', 'a list of sizes', shape);
    const isKnown = (type: unknown) => typeof type === 'string' && Object.hasOwn(bytesPerElement, type);
    if (!isKnown(dtype)) throw wrong('dtype', `one of ${Object.keys(bytesPerElement).join(', ')}`, dtype);
    if (quantization !== undefined) checkQuantization(quantization, wrong);
    const stored = quantization === undefined ? dtype : (quantization as { dtype: string }).dtype;
    return tf.util.sizeFromShape(shape as number[]) * bytesPerElement[stored as string]!;
  });
}

function checkQuantization(
  quantization: unknown,
  wrong: (key: string, wanted: string, got: unknown) => Error,
): void {
  const { dtype, scale, min } = isObject(quantization) ? quantization : {};
  if (!quantizations.includes(dtype as string)) {
    throw wrong('quantization', `of dtype ${quantizations.join(', ')}`, quantization);
  }
  if (dtype !== 'float16' && !(Number.isFinite(scale) && Number.isFinite(min))) {
    throw wrong('quantization', 'numbers scale and min', quantization);
  }
}

const damaged = (problem: string): StateDictError =>
  new StateDictError(`loadKerasModel: ${problem}; the file is damaged`);
