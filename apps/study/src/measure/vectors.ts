/** Arithmetic on lists of arrays as if each list were one long vector, in float64. */
type Vectors = readonly ArrayLike<number>[];

export function dot(a: Vectors, b: Vectors): number {
  let sum = 0;
  a.forEach((part, i) => {
    const other = b[i]!;
    for (let k = 0; k < part.length; k++) sum += part[k]! * other[k]!;
  });
  return sum;
}

export const length = (a: Vectors): number => Math.sqrt(dot(a, a));

/** The Euclidean norm of a - b. */
export function distance(a: Vectors, b: Vectors): number {
  let sum = 0;
  a.forEach((part, i) => {
    const other = b[i]!;
    for (let k = 0; k < part.length; k++) sum += (part[k]! - other[k]!) ** 2;
  });
  return Math.sqrt(sum);
}

/** The cosine of the angle between a and b; NaN if one of them is 0. */
export const cosine = (a: Vectors, b: Vectors): number => dot(a, b) / (length(a) * length(b));

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The square root of the mean square about the mean. */
export function deviation(values: ArrayLike<number>): number {
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - center) ** 2;
  return Math.sqrt(sum / values.length);
}

/** exp of the mean of logarithms. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(mean(values.map((value) => Math.log(value))));

/** The values at these shares of the sorted list, 0 the smallest and 1 the largest, the nearest one each. */
export function quantiles(values: Float32Array, shares: readonly number[]): number[] {
  const sorted = values.slice().sort();
  return shares.map((share) => sorted[Math.round(share * (sorted.length - 1))]!);
}
