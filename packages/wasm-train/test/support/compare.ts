import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Numbers } from './float64.js';

/** Numbers in [-1, 1), the same for the same seed, so that a failure comes back when the test is run again. */
export function random(size: number, seed = 1): Float32Array {
  let state = (seed * 2654435761) >>> 0 || 1;
  return Float32Array.from({ length: size }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** A float32 tensor of such numbers. */
export function randomTensor(shape: number[], seed?: number): tf.Tensor {
  return tf.tensor(random(tf.util.sizeFromShape(shape), seed), shape);
}

/**
 * Every element within `tolerance` of the truth, measured by the largest element of the truth (or 1, if that is less):
 * a sum of many terms may cancel to nearly nothing, its rounding errors do not. NaN and infinities must be equal.
 */
export function expectClose(actual: Numbers, expected: Numbers, tolerance = 4e-6): void {
  expect(actual.length).toBe(expected.length);
  const finite = Array.from(expected).filter(Number.isFinite).map(Math.abs);
  const scale = finite.reduce((largest, value) => Math.max(largest, value), 1);
  for (let i = 0; i < expected.length; ++i) {
    const a = actual[i]!;
    const e = expected[i]!;
    const isSame = Number.isFinite(e) ? Math.abs(a - e) <= tolerance * scale : Object.is(a, e);
    if (!isSame) expect.fail(`element ${i} of ${expected.length} is ${a}, should be ${e}`);
  }
}

/** Runs a kernel by its tfjs name, on the backend in use. */
export function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: object = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

/** The values that `compute` gives on another backend; the current backend is put back. */
export function valuesOn(backendName: string, compute: () => tf.Tensor): Numbers {
  const before = tf.getBackend();
  tf.setBackend(backendName);
  try {
    return tf.tidy(() => compute().dataSync());
  } finally {
    tf.setBackend(before);
  }
}
