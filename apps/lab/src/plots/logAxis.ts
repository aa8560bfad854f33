/** A logarithmic axis from one power of ten to another, labelled at powers of ten only. */
import type uPlot from 'uplot';

const exponents = (low: number, high: number): [number, number] => {
  const from = Math.floor(Math.log10(low) + 1e-9);
  return [from, Math.max(from + 1, Math.ceil(Math.log10(high) - 1e-9))];
};

export const logScale: uPlot.Scale = {
  distr: 3,
  range(_plot, low, high) {
    if (!(low > 0 && high > 0)) return [0.1, 10];
    const [from, to] = exponents(low, high);
    return [10 ** from, 10 ** to];
  },
};

/** More labels than this would be over each other. */
const maximumLabels = 7;

/** The powers of ten in sight, or so many of them that they have room. */
export function powersOfTen(_plot: uPlot, _axis: number, low: number, high: number): number[] {
  const [from, to] = exponents(low, high);
  const step = Math.ceil((to - from + 1) / maximumLabels);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) =>
    Number(`1e${from + index * step}`),
  );
}
