/** Weights to begin with. */
import type { Random } from '@bn/lenet';

export interface Initialization {
  /**
   * xavier: deviation sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio, 2010).
   * he: deviation sqrt(2 / fanIn), which keeps the second moment through a ReLU (He and others, 2015).
   */
  readonly kind: 'xavier' | 'he';
  /** A factor on all weights; 1 is the kind's own. */
  readonly scale: number;
  readonly random: Random;
}

/** `count` normally distributed weights. */
export function initialWeight(
  { kind, scale, random }: Initialization,
  fanIn: number,
  fanOut: number,
  count: number,
): Float32Array {
  const deviation = scale * Math.sqrt(2 / (kind === 'he' ? fanIn : fanIn + fanOut));
  return Float32Array.from({ length: count }, () => deviation * normal(random));
}

/** A number of the standard normal distribution, by Box and Muller (1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform(0, 1))) * Math.cos(random.uniform(0, 2 * Math.PI));
