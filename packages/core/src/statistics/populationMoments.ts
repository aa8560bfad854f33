/** Mean and variance of a population that comes in parts, in float64 JavaScript. */

/**
 * Merges the moments of parts into those of the whole, exactly but for rounding:
 * M2 = M2a + M2b + (meanB - meanA)^2 countA countB / count, where M2 is the sum of squared deviations.
 *
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */
export class PopulationMoments {
  /** Values (or the sum of their weights) per channel. */
  count = 0;
  /** How many parts there were. */
  parts = 0;
  readonly mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(channels: number) {
    this.mean = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** Adds a part of `count` values per channel, with its mean and biased variance. */
  add(mean: ArrayLike<number>, variance: ArrayLike<number>, count: number): void {
    this.parts++;
    if (!(count > 0)) return;
    const total = this.count + count;
    for (let channel = 0; channel < this.mean.length; channel++) {
      if (this.count === 0) {
        this.mean[channel] = mean[channel]!;
        this.#squares[channel] = variance[channel]! * count;
        continue;
      }
      const delta = mean[channel]! - this.mean[channel]!;
      this.mean[channel]! += delta * (count / total);
      this.#squares[channel]! += variance[channel]! * count + delta * delta * (this.count * (count / total));
    }
    this.count = total;
  }

  /** Biased variance per channel. */
  variance(): Float64Array {
    return this.#squares.map((squares) => squares / this.count);
  }
}
