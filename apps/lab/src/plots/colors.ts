/** The theme's colours, for what is drawn on a canvas. */

export const cssColor = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Of the run with this number in the palette. */
export const runColor = (number: number): string => cssColor(`--run-${number}`);

/** Lengths of lines and gaps in CSS pixels, by the same number: who cannot tell colours apart tells these apart. */
const dashes = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [16, 5],
  [8, 3, 2, 3, 2, 3],
  [4, 4],
  [16, 3, 4, 3],
] as const satisfies readonly (readonly number[])[];

/** As many as the palette has colours. */
export const runStyles = dashes.length;

/** The dashes of the run with this number in the palette; none is a solid line. */
export const runDash = (number: number): readonly number[] => dashes[number % runStyles]!;

/** The same in pixels of the canvas, as uPlot takes them. */
export const canvasDash = (number: number): number[] =>
  runDash(number).map((length) => length * devicePixelRatio);

/** Axes and grid of every plot. */
export const axisStyle = () => ({
  stroke: cssColor('--muted'),
  grid: { stroke: cssColor('--grid'), width: 1 },
  ticks: { stroke: cssColor('--grid'), width: 1 },
  font: '12px system-ui, sans-serif',
});
