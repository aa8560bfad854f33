/** The theme's colours, for what is drawn on a canvas. */

export const cssColor = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Of the run with this number in the palette. */
export const runColor = (number: number): string => cssColor(`--run-${number}`);

/** Axes and grid of every plot. */
export const axisStyle = () => ({
  stroke: cssColor('--muted'),
  grid: { stroke: cssColor('--grid'), width: 1 },
  ticks: { stroke: cssColor('--grid'), width: 1 },
  font: '12px system-ui, sans-serif',
});
