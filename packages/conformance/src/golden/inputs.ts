/**
 * The inputs of a case, drawn from a counter-based generator that scripts/make-golden.py repeats number for number, so
 * that only outputs need storing. The property tests draw from it too.
 */
import { factsOf } from '../facts.js';
import { channelCount, type Inputs, type Operation, sizeOf } from '../operation.js';

/** 32-bit FNV-1a hash of ASCII text. */
export function textSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The counter-th 32 random bits of a seed. */
function uniformBits(seed: number, counter: number): number {
  let bits = Math.imul(counter, 0x9e3779b1) + seed;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** The counter-th number of a seed, uniform in [0, 1). */
export const uniform = (seed: number, counter: number): number => uniformBits(seed, counter) * 2 ** -32;

/** The counter-th number of a seed with mean 0 and variance 1: the sum of four uniform numbers. */
export function normal(seed: number, counter: number): number {
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += uniformBits(seed, 4 * counter + i);
  return (sum - 2 ** 33) * (Math.sqrt(3) * 2 ** -32);
}

/** What x looks like: offset + scale * normal numbers. */
export interface Distribution {
  readonly offset?: number;
  readonly scale?: number;
}

/** x, dy, and as far as the operation takes them gamma, beta, mean and variance, rounded to float32. */
export function drawInputs(operation: Operation, seed: number, distribution: Distribution = {}): Inputs {
  const { offset = 0, scale = 1 } = distribution;
  const draw = (length: number, value: (i: number) => number) =>
    Float32Array.from({ length }, (_, i) => value(i));
  const size = sizeOf(operation.shape);
  const channels = channelCount(operation);
  const { affine = true } = operation;
  const { statistics, centered } = factsOf(operation.op);
  return {
    x: draw(size, (i) => offset + scale * normal(seed, i)),
    dy: draw(size, (i) => normal(seed + 1, i)),
    ...(affine && { gamma: draw(channels, (i) => 1 + 0.5 * normal(seed + 2, i)) }),
    ...(affine && centered && { beta: draw(channels, (i) => 0.5 * normal(seed + 3, i)) }),
    ...(statistics !== 'perSample' && {
      mean: draw(channels, (i) => offset + 0.5 * scale * normal(seed + 4, i)),
      variance: draw(channels, (i) => scale * scale * (0.5 + uniform(seed + 5, i))),
    }),
  };
}
