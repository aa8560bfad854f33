/** The formulas, element by element in float64: what every normalization is compared with. */
type Indices = readonly number[];

/** How one normalization reads x: which elements share a statistic, and which a gamma and beta. */
export interface Assignment {
  readonly shape: readonly number[];
  /** A name for the statistic that an element belongs to. */
  readonly statistic: (indices: Indices) => string;
  /** The position of an element's gamma and beta. */
  readonly channel: (indices: Indices) => number;
  /** False for RMSNorm. */
  readonly centered: boolean;
}

function indicesOf(position: number, shape: readonly number[]): number[] {
  const indices: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return indices;
}

/** Mean and biased variance by statistic, in the order in which the statistics first appear in x. */
export function momentsByLoop(x: ArrayLike<number>, { shape, statistic, centered }: Assignment) {
  const members = new Map<string, number[]>();
  for (let i = 0; i < x.length; i++) {
    const key = statistic(indicesOf(i, shape));
    members.set(key, [...(members.get(key) ?? []), x[i]!]);
  }
  const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return new Map(
    [...members].map(([key, values]) => {
      const mean = centered ? average(values) : 0;
      return [key, { mean, variance: average(values.map((value) => (value - mean) ** 2)) }];
    }),
  );
}

/** y = (x - mean) / sqrt(variance + epsilon) * gamma + beta. */
export function normalizedByLoop(
  x: ArrayLike<number>,
  assignment: Assignment,
  gamma: ArrayLike<number> | undefined,
  beta: ArrayLike<number> | undefined,
  epsilon: number,
): number[] {
  const statistics = momentsByLoop(x, assignment);
  return Array.from(x, (value, i) => {
    const indices = indicesOf(i, assignment.shape);
    const { mean, variance } = statistics.get(assignment.statistic(indices))!;
    const channel = assignment.channel(indices);
    const xhat = (value - mean) / Math.sqrt(variance + epsilon);
    return xhat * (gamma ? gamma[channel]! : 1) + (beta ? beta[channel]! : 0);
  });
}
