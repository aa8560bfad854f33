/** Bars of a case's contenders beside each other, and of how near ours comes to the limit of memory. */
import { labelOnBackend } from '../grid/contenders.js';
import { operations, phaseTitles } from '../grid/operations.js';
import { dataFormatTitles, shapeText } from '../grid/shapes.js';
import { significant, times } from '../report/format.js';
import type { Entry } from '../results/summary.js';
import { colors, opacity, type Plot } from './specification.js';

interface Bar {
  /** Line by line. */
  readonly label: string;
  readonly value: number;
  /** Written at the bar's end. */
  readonly text: string;
  readonly color: string;
  readonly opacity: number;
  /** The interval, drawn as a line through the bar's end. */
  readonly low: number;
  readonly high: number;
}

/** Milliseconds of each contender at one case. */
export function timeBars(entries: readonly Entry[]): Plot {
  const bars = entries.flatMap(({ contender, measured }): Bar[] => {
    if (!measured) return [];
    const { median, interval, ratio } = measured;
    return [
      {
        label: labelOnBackend(contender).replace(' + ', '\n+ '),
        value: median,
        text: significant(median) + (ratio ? ` (${times(ratio.median)})` : ''),
        color: colors[contender.implementation],
        opacity: opacity(contender),
        low: interval?.low ?? median,
        high: interval?.high ?? median,
      },
    ];
  });
  return horizontalBars(bars, 'ms');
}

/** How many times the limit of memory, a bar for each case. */
export function limitBars(entries: readonly Entry[]): Plot {
  const bars = entries.flatMap(({ row, contender, measured }): Bar[] => {
    const multiple = measured?.overLimit;
    if (multiple === undefined) return [];
    return [
      {
        label: `${operations[row.operation].title} ${phaseTitles[row.phase]}\n${shapeText(row.shape)}${row.dataFormat ? `\n${dataFormatTitles[row.dataFormat]}` : ''}`,
        value: multiple,
        text: times(multiple),
        color: colors[contender.implementation],
        opacity: opacity(contender),
        low: multiple,
        high: multiple,
      },
    ];
  });
  return horizontalBars(bars, 'times the memory limit');
}

const lineHeight = 14;
const gap = 6;
/** Of the longest bar: how far an interval is drawn, and where the plot ends, with room for a bar's number. */
const longestInterval = 1.3;
const plotEnd = 2.4;

function horizontalBars(bars: readonly Bar[], title: string): Plot {
  const longest = Math.max(...bars.map(({ value }) => value));
  const values = bars.map((bar) => ({ ...bar, high: Math.min(bar.high, longest * longestInterval) }));
  const lines = Math.max(...bars.map(({ label }) => label.split('\n').length));
  const y = { scale: 'y', field: 'label', band: 0.5 };
  const x = (field: keyof Bar) => ({ scale: 'x', field });
  return {
    height: (lines * lineHeight + gap) * bars.length,
    data: [{ name: 'bars', values }],
    scales: [
      { name: 'y', type: 'band', range: 'height', padding: 0.15, domain: { data: 'bars', field: 'label' } },
      { name: 'x', range: 'width', zero: true, domain: [0, longest * plotEnd] },
    ],
    axes: [
      {
        scale: 'y',
        orient: 'left',
        ticks: false,
        domain: false,
        encode: { labels: { update: { text: { signal: "split(datum.value, '\\n')" } } } },
      },
      {
        scale: 'x',
        orient: 'bottom',
        title,
        tickCount: 4,
        grid: true,
        labelOverlap: true,
      },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'bars' },
        encode: {
          enter: {
            y: { scale: 'y', field: 'label' },
            height: { scale: 'y', band: 1 },
            x: { scale: 'x', value: 0 },
            x2: x('value'),
            fill: { field: 'color' },
            fillOpacity: { field: 'opacity' },
          },
        },
      },
      {
        type: 'rule',
        from: { data: 'bars' },
        encode: {
          enter: { y, x: x('low'), x2: x('high'), stroke: { value: '#888' }, strokeWidth: { value: 2 } },
        },
      },
      {
        type: 'text',
        from: { data: 'bars' },
        encode: {
          enter: {
            y,
            x: x('high'),
            dx: { value: 5 },
            baseline: { value: 'middle' },
            fontSize: { value: 11 },
            text: { field: 'text' },
          },
        },
      },
    ],
  };
}
