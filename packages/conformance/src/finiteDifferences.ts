/** Derivatives by central differences in float64, for functions whose formula of the gradient is in question. */

/**
 * Gradient of f at `at`: (f(x + h) - f(x - h)) / 2h for each element, with h = `step` (its error is of order h^2, and
 * rounding's of order 1e-16 / h).
 */
export function numericalGradient(
  f: (at: Float64Array) => number,
  at: ArrayLike<number>,
  step = 1e-5,
): Float64Array {
  const point = Float64Array.from(at);
  return Float64Array.from(point, (value, i) => {
    const moved = (to: number) => {
      point[i] = to;
      const result = f(point);
      point[i] = value;
      return result;
    };
    return (moved(value + step) - moved(value - step)) / (2 * step);
  });
}

/** sum(a * b). */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
