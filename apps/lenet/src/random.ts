/** Seeded randomness: two independent streams from one seed, so that neither the model nor the data shifts the other. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** The largest seed: the generator takes 32 bits. */
export const maximumSeed = 2 ** 32 - 1;

/** A source of random numbers; reading it moves it on. */
export class Random {
  constructor(private readonly generator: RandomGenerator) {}

  /** A source that goes on where the one that gave this `state` stood. */
  static fromState(state: readonly number[]): Random {
    return new Random(xoroshiro128plusFromState(state));
  }

  /** A few whole numbers that say where it stands. */
  get state(): readonly number[] {
    return this.generator.getState();
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * uniformFloat64(this.generator);
  }

  /** The numbers 0 to count - 1 in an order drawn by Fisher and Yates' shuffle. */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = uniformInt(this.generator, 0, last);
      const value = order[last]!;
      order[last] = order[other]!;
      order[other] = value;
    }
    return order;
  }
}

/** The streams of one run. `seed` is a whole number in [0, 2^32 - 1]. */
export function randomStreams(seed: number): { initialization: Random; shuffling: Random } {
  const initialization = xoroshiro128plus(seed);
  const shuffling = initialization.clone();
  shuffling.jump();
  return { initialization: new Random(initialization), shuffling: new Random(shuffling) };
}
