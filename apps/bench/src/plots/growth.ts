/** Time against size, both on logarithmic axes. */
import { type Contender, contenderLabel } from '../grid/contenders.js';
import { byteCount } from '../grid/shapes.js';
import type { Entry } from '../results/summary.js';
import { colors, opacity, type Plot } from './specification.js';

const plotHeight = 260;
/** Grid lines; those outside of what is measured are not drawn. */
const decades = Array.from({ length: 12 }, (_, index) => 10 ** (index - 6));

/** The same implementation elsewhere: dotted on cpu, dashed on another runtime, dash and dot on webgl beside webgpu. */
function dashes({ backend, runtime }: Contender): number[] {
  if (backend === 'cpu') return [3, 3];
  if (backend === 'webgl') return [8, 3, 2, 3];
  return runtime === undefined ? [1, 0] : [8, 3];
}

/** A line for each contender, through its medians. */
export function growthLines(entries: readonly Entry[]): Plot {
  const points = entries.flatMap(({ row, contender, measured }) =>
    measured
      ? [
          {
            label: contenderLabel(contender),
            megabytes: byteCount(row.shape) / 2 ** 20,
            milliseconds: measured.median,
          },
        ]
      : [],
  );
  points.sort((a, b) => a.megabytes - b.megabytes);
  const contenders = [
    ...new Map(entries.map(({ contender }) => [contenderLabel(contender), contender])),
  ].filter(([label]) => points.some((point) => point.label === label));
  const labels = contenders.map(([label]) => label);
  const color = { scale: 'color', field: 'label' };
  const position = { x: { scale: 'x', field: 'megabytes' }, y: { scale: 'y', field: 'milliseconds' } };
  return {
    height: plotHeight,
    data: [{ name: 'points', values: points }],
    scales: [
      { name: 'x', type: 'log', range: 'width', domain: { data: 'points', field: 'megabytes' } },
      { name: 'y', type: 'log', range: 'height', domain: { data: 'points', field: 'milliseconds' } },
      {
        name: 'color',
        type: 'ordinal',
        domain: labels,
        range: contenders.map(([, { implementation }]) => colors[implementation]),
      },
      {
        name: 'opacity',
        type: 'ordinal',
        domain: labels,
        range: contenders.map(([, contender]) => opacity(contender)),
      },
      {
        name: 'dash',
        type: 'ordinal',
        domain: labels,
        range: contenders.map(([, contender]) => dashes(contender)),
      },
    ],
    axes: [
      {
        scale: 'x',
        orient: 'bottom',
        title: 'MB of x',
        values: decades,
        format: '~g',
        grid: true,
        labelOverlap: true,
      },
      {
        scale: 'y',
        orient: 'left',
        title: 'ms',
        values: decades,
        format: '~g',
        grid: true,
        labelOverlap: true,
      },
    ],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'points', groupby: 'label' } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: {
                ...position,
                stroke: color,
                strokeOpacity: { scale: 'opacity', field: 'label' },
                strokeDash: { scale: 'dash', field: 'label' },
                strokeWidth: { value: 2 },
              },
            },
          },
          {
            type: 'symbol',
            from: { data: 'line' },
            encode: {
              enter: {
                ...position,
                fill: color,
                fillOpacity: { scale: 'opacity', field: 'label' },
                size: { value: 20 },
              },
            },
          },
        ],
      },
    ],
    legends: [
      {
        stroke: 'color',
        strokeDash: 'dash',
        opacity: 'opacity',
        orient: 'bottom',
        symbolType: 'stroke',
        labelLimit: 0,
      },
    ],
  };
}
