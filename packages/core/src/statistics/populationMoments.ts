/** Mean and variance of a population that comes in parts, in float64 JavaScript. */

/**
 * Merges the moments of parts into those of the whole, exactly but for rounding:
 * M2 = M2a + M2b + (meanB - meanA)^2 countA countB / count, where M2 is the sum of squared deviations.
 *
 * Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979).
 */
export class PopulationMoments {
  /** Values (or the sum of their weights) of each channel. */
  readonly count: Float64Array;
  /** How many parts there were. */
  parts = 0;
  readonly mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(channels: number) {
    this.count = new Float64Array(channels);
    this.mean = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
  }

  /** Adds a part with mean and biased variance per channel, of `count` values each, or of as many as a list says by channel. */
  add(mean: ArrayLike<number>, variance: ArrayLike<number>, count: number | ArrayLike<number>): void {
    this.parts++;
    for (let channel = 0; channel < this.mean.length; channel++) {
      const added = typeof count === 'number' ? count : count[channel]!;
      if (added > 0) this.#addTo(channel, mean[channel]!, variance[channel]!, added);
    }
  }

  #addTo(channel: number, mean: number, variance: number, added: number): void {
    const before = this.count[channel]!;
    this.count[channel] = before + added;
    if (before === 0) {
      this.mean[channel] = mean;
      this.#squares[channel] = variance * added;
      return;
    }
    const delta = mean - this.mean[channel]!;
    const part = added / (before + added);
    this.mean[channel]! += delta * part;
    this.#squares[channel]! += variance * added + delta * delta * (before * part);
  }

  /** Biased variance per channel. */
  variance(): Float64Array {
    return this.#squares.map((squares, channel) => squares / this.count[channel]!);
  }
}
