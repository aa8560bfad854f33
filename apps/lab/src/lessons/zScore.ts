/** Normalization of a few numbers, step by step. */

export interface ZScores {
  readonly mean: number;
  /** sqrt(Var[x] + epsilon); the variance is divided by the number of values, as normalizations do. */
  readonly deviation: number;
  readonly rows: readonly {
    readonly x: number;
    readonly centred: number;
    readonly normalized: number;
    readonly output: number;
  }[];
}

/** Added to the variance, as everywhere in the lab's network. */
export const zScoreEpsilon = 1e-5;

/** gamma * (x - mean) / sqrt(Var[x] + epsilon) + beta, for at least one number. */
export function zScores(values: readonly number[], gamma: number, beta: number): ZScores {
  const meanOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one / numbers.length, 0);
  const mean = meanOf(values);
  const deviation = Math.sqrt(meanOf(values.map((x) => (x - mean) ** 2)) + zScoreEpsilon);
  const rows = values.map((x) => {
    const centred = x - mean;
    const normalized = centred / deviation;
    return { x, centred, normalized, output: gamma * normalized + beta };
  });
  return { mean, deviation, rows };
}

/** More rows than this nobody reads, and larger numbers have squares that are no numbers. */
export const zScoreLimits = { count: 20, largest: 1e100 };

/** A person's numbers, between spaces, commas or semicolons; or the first part that is none. */
export function parseNumbers(text: string): { readonly values: number[] } | { readonly bad: string } {
  const parts = text.split(/[\s,;，；、]+/).filter((part) => part !== '');
  const bad = parts.find((part) => !(Math.abs(Number(part)) <= zScoreLimits.largest));
  return bad === undefined ? { values: parts.map(Number) } : { bad };
}
