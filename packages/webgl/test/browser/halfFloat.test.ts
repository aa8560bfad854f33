/**
 * tfjs in half-float mode, as on devices where it is faster: y and dx are as good as a half-float is (2^-11 relatively), while
 * mean, variance and sums stay float32.
 */
import '@tensorflow/tfjs';
import { batchNorm, groupNorm, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import '../../src/index.js';

/** A half-float has 11 bits: two roundings, of the result and of what it is computed from. */
const tolerance = 2 * 2 ** -11;

beforeAll(async () => {
  tf.env().set('WEBGL_FORCE_F16_TEXTURES', true);
  await useBackend('webgl');
});

/** x on the GPU, and its values there: rounded to half-floats. */
async function drawn(shape: number[], offset: number, scale: number) {
  const x = tf.tidy(() => tf.relu(tf.randomNormal(shape, offset, scale, 'float32', 7)));
  return { x, values: await x.data() };
}

/** Mean and variance per channel of [N, C, H, W], in float64. */
function truth(values: ArrayLike<number>, [batch, channels, height, width]: number[]) {
  const plane = height! * width!;
  const elements = (c: number) =>
    Array.from(
      { length: batch! * plane },
      (_, i) => values[(Math.floor(i / plane) * channels! + c) * plane + (i % plane)]!,
    );
  return Array.from({ length: channels! }, (_, c) => {
    const all = elements(c);
    const mean = all.reduce((a, b) => a + b) / all.length;
    return { mean, variance: all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length };
  });
}

const shape = [8, 3, 16, 16];
const plane = 256;

it.each([
  ['of the usual size', 2, 1],
  ['around 1000', 1000, 10],
  ['whose variance no half-float can hold', 3000, 800],
])('normalizes numbers %s', async (_name, offset, scale) => {
  const { x, values } = await drawn(shape, offset, scale);
  expect(x.dtype).toBe('float32');
  const result = batchNorm(x);
  const [y, mean] = await Promise.all([result.y.data(), result.mean.data()]);
  truth(values, shape).forEach((wanted, c) => {
    // Float32 on the GPU, but tfjs reads it through a half-float.
    expect(Math.abs(mean[c]! / wanted.mean - 1)).toBeLessThan(tolerance);
    const rstd = 1 / Math.sqrt(wanted.variance + 1e-5);
    for (let i = 0; i < y.length; i++) {
      if (Math.floor(i / plane) % 3 !== c) continue;
      const exact = (values[i]! - wanted.mean) * rstd;
      expect(Math.abs(y[i]! - exact)).toBeLessThan(tolerance * (1 + Math.abs(exact)));
    }
  });
  tf.dispose([x, ...Object.values(result)]);
});

it('normalizes with a mask, whose statistics are half-floats', async () => {
  const { x, values } = await drawn(shape, 100, 10);
  const seen = 6;
  const mask = tf.tensor1d(Array.from({ length: shape[0]! }, (_, n) => (n < seen ? 1 : 0)));
  const result = batchNorm(x, { mask });
  const [mean, variance] = await Promise.all([result.mean.data(), result.variance.data()]);
  truth(values.slice(0, seen * 3 * plane), [seen, ...shape.slice(1)]).forEach((wanted, c) => {
    expect(Math.abs(mean[c]! / wanted.mean - 1)).toBeLessThan(tolerance);
    // Of differences between x and a half-float mean, ten standard deviations from 0.
    expect(Math.abs(variance[c]! / wanted.variance - 1)).toBeLessThan(10 * tolerance);
  });
  tf.dispose([x, mask, ...Object.values(result)]);
});

it('differentiates', async () => {
  const { x, values } = await drawn(shape, 300, 400);
  const dy = tf.tidy(() => tf.relu(tf.randomNormal(shape, 0, 1, 'float32', 9)));
  const given = await dy.data();
  const dx = tf.grad((x: tf.Tensor) => groupNorm(x, { numGroups: 3 }))(x, dy);
  const got = await dx.data();
  for (let start = 0; start < got.length; start += plane) {
    const own = Array.from(values.slice(start, start + plane));
    const mean = own.reduce((a, b) => a + b) / plane;
    const rstd = 1 / Math.sqrt(own.reduce((a, b) => a + (b - mean) ** 2, 0) / plane + 1e-5);
    const xhat = own.map((value) => (value - mean) * rstd);
    const ownDy = Array.from(given.slice(start, start + plane));
    const sumDy = ownDy.reduce((a, b) => a + b) / plane;
    const sumDyXhat = ownDy.reduce((a, b, i) => a + b * xhat[i]!, 0) / plane;
    ownDy.forEach((value, i) => {
      const exact = rstd * (value - sumDy - xhat[i]! * sumDyXhat);
      expect(Math.abs(got[start + i]! - exact)).toBeLessThan(tolerance * rstd * 4);
    });
  }
  tf.dispose([x, dy, dx]);
});

it('says that it is in half-float mode', () => {
  expect(tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')).toBe(false);
});
