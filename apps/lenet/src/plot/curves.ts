/** The learning curves of a run. */
import type { EpochMetrics } from '../training/state.js';
import { accuracyDomain, epochTicks } from './axes.js';
import type { Line, Panel } from './panel.js';
import { drawSvg } from './svg.js';

/** Losses and accuracies by epoch, side by side, as the text of an SVG file. */
export function drawCurves(history: readonly EpochMetrics[], title: string): Promise<string> {
  const line = (label: string, color: string, value: (metrics: EpochMetrics) => number): Line => ({
    label,
    color,
    points: history
      .map((metrics) => ({ x: metrics.epoch, y: value(metrics) }))
      // A test loss may be no number.
      .filter(({ y }) => Number.isFinite(y)),
  });
  const losses = [
    line('train loss', '#4c78a8', (epoch) => epoch.trainLoss),
    line('test loss', '#f58518', (epoch) => epoch.testLoss),
  ];
  const accuracies = [
    line('train acc', '#e45756', (epoch) => epoch.trainAccuracy),
    line('test acc', '#54a24b', (epoch) => epoch.testAccuracy),
  ];
  const xAxis = { xTitle: 'epoch', xTicks: epochTicks(history.length) };
  const panels: Panel[] = [
    { ...xAxis, yTitle: 'loss', lines: losses },
    { ...xAxis, yTitle: 'accuracy', yDomain: accuracyDomain, lines: accuracies },
  ];
  return drawSvg(title, panels);
}
