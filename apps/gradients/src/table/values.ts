/** Numbers for cases: the same in every run, all different, and away from 0, where many functions have a corner. */
import type { Values } from './case.js';

/** Numbers in [0, 1) without a pattern and without two that are equal. */
function spread(size: number, seed: number): number[] {
  const golden = (Math.sqrt(5) - 1) / 2;
  return Array.from({ length: size }, (_, i) => ((i + 1) * golden + seed * 0.41421356) % 1);
}

function sized(shape: number[], toValue: (fraction: number) => number, seed: number): Values {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Float32Array.from(spread(size, seed), toValue) };
}

/** In [low, high). */
export const between = (shape: number[], low: number, high: number, seed = 1): Values =>
  sized(shape, (fraction) => low + fraction * (high - low), seed);

/** In [0.2, 1.4). */
export const positive = (shape: number[], seed = 1): Values => between(shape, 0.2, 1.4, seed);

/** In (-1.4, -0.1] or [0.1, 1.4). */
export const signed = (shape: number[], seed = 1): Values =>
  sized(shape, (fraction) => (fraction < 0.5 ? -1.4 + fraction * 2.6 : 0.1 + (fraction - 0.5) * 2.6), seed);

/** These numbers. */
export const exactly = (values: number[], shape = [values.length]): Values => ({
  shape,
  values: Float32Array.from(values),
});
