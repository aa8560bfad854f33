/** Figures as the panels of one plot. */
import type { Norm } from '../model/architecture.js';
import { accuracyDomain, epochTicks } from '../plot/axes.js';
import type { Line, Panel } from '../plot/panel.js';
import { drawSvg } from '../plot/svg.js';
import type { Figure, FigureLine } from './figures.js';

const colors: Record<Norm, string> = {
  batch: '#4c78a8',
  layer: '#f58518',
  group: '#54a24b',
  instance: '#b279a2',
  none: '#888888',
};

/** The text of an SVG file: one color for each norm, dashed after the activation; vertical lines span the seeds. */
export const drawFigures = (figures: readonly Figure[], title: string): Promise<string> =>
  drawSvg(title, figures.map(panelOf));

function panelOf({ metric, facet, axis, xs, lines }: Figure): Panel {
  const drawn = lines.map((line) => lineOf(line, xs)).filter(({ points }) => points.length > 0);
  return {
    title: facet,
    xTitle: axis,
    xScale: axis === 'epoch' ? 'linear' : 'log',
    xTicks: axis === 'epoch' ? epochTicks(xs.length) : xs,
    yTitle: metric,
    yDomain: accuracyDomain,
    lines: drawn,
  };
}

const lineOf = ({ label, norm, placement, points }: FigureLine, xs: readonly number[]): Line => ({
  label,
  color: colors[norm],
  dashed: placement === 'after' && norm !== 'none',
  points: points.flatMap(({ spread }, index) =>
    spread === undefined ? [] : [{ x: xs[index]!, y: spread.mean, low: spread.low, high: spread.high }],
  ),
});
