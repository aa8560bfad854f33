/** One panel of a plot: lines over a common axis, with a legend above. */
import type { Axis, GroupMark, Legend, Mark, Scale } from 'vega';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Where y is a mean, the smallest and the largest value that went into it. */
  readonly low?: number;
  readonly high?: number;
}

export interface Line {
  readonly label: string;
  readonly color: string;
  readonly dashed?: boolean;
  /** By x. */
  readonly points: readonly Point[];
}

export interface Panel {
  /** Above the panel, where it has to be told from others. */
  readonly title?: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Default 'linear'. */
  readonly xScale?: 'linear' | 'log';
  readonly xTicks: readonly number[];
  /** Default: as the values have it, from 0. */
  readonly yDomain?: readonly [number, number];
  readonly lines: readonly Line[];
}

const width = 320;
const height = 240;
/** Three labels longer than this do not fit side by side. */
const longLabel = 10;

export function drawPanel(panel: Panel): GroupMark {
  const points = panel.lines.flatMap(({ label, points }) => points.map((point) => ({ label, ...point })));
  return {
    type: 'group',
    ...(panel.title === undefined ? {} : { title: { text: panel.title, fontSize: 12, offset: 4 } }),
    encode: { enter: { width: { value: width }, height: { value: height } } },
    data: [
      { name: 'points', values: points },
      { name: 'spreads', values: points.filter(({ low, high }) => low !== high) },
    ],
    scales: scales(panel),
    axes: axes(panel),
    legends: [legend(panel)],
    marks: [
      spread,
      {
        type: 'group',
        from: { facet: { name: 'one', data: 'points', groupby: 'label' } },
        marks: curve,
      },
    ],
  };
}

function scales({ lines, xScale = 'linear', yDomain }: Panel): Scale[] {
  const xs = lines.flatMap(({ points }) => points.map((point) => point.x));
  const labels = lines.map(({ label }) => label);
  return [
    { name: 'x', type: xScale, range: [0, width], domain: around(xs), zero: false } as Scale,
    {
      name: 'y',
      type: 'linear',
      range: [height, 0],
      domain: yDomain ? [...yDomain] : { data: 'points', field: 'y' },
      zero: yDomain === undefined,
      nice: yDomain === undefined,
    },
    { name: 'color', type: 'ordinal', domain: labels, range: lines.map(({ color }) => color) },
    {
      name: 'dash',
      type: 'ordinal',
      domain: labels,
      range: lines.map(({ dashed }) => (dashed ? [4, 3] : [1, 0])),
    },
  ];
}

/** From the smallest to the largest; a single value stands between its half and its double. */
function around(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low / 2, low * 2] : [low, high];
}

const axes = ({ xTitle, yTitle, xTicks }: Panel): Axis[] => [
  {
    scale: 'x',
    orient: 'bottom',
    title: xTitle,
    // With a precision: left out, Vega derives one from the distance of its own ticks, and writes 10 as 1e+1.
    format: '.6~g',
    values: [...xTicks],
    grid: true,
    gridScale: 'y',
    gridColor: '#ddd',
  },
  { scale: 'y', orient: 'left', title: yTitle, grid: true, gridScale: 'x', gridColor: '#ddd', tickCount: 6 },
];

const legend = ({ lines }: Panel): Legend => ({
  stroke: 'color',
  strokeDash: 'dash',
  symbolType: 'stroke',
  symbolStrokeWidth: 2,
  orient: 'top',
  direction: 'horizontal',
  columns: lines.some(({ label }) => label.length > longLabel) ? 2 : 3,
  columnPadding: 24,
  labelFontSize: 12,
});

const x = { scale: 'x', field: 'x' };
const y = { scale: 'y', field: 'y' };
const stroke = { scale: 'color', field: 'label' };

/** A vertical line from the smallest to the largest value behind each point that is a mean. */
const spread: Mark = {
  type: 'rule',
  from: { data: 'spreads' },
  encode: {
    enter: {
      x,
      y: { scale: 'y', field: 'low' },
      y2: { scale: 'y', field: 'high' },
      stroke,
      strokeWidth: { value: 1.5 },
      opacity: { value: 0.4 },
    },
  },
};

const curve: Mark[] = [
  {
    type: 'line',
    from: { data: 'one' },
    encode: {
      enter: { x, y, stroke, strokeDash: { scale: 'dash', field: 'label' }, strokeWidth: { value: 2 } },
    },
  },
  {
    type: 'symbol',
    from: { data: 'one' },
    encode: { enter: { x, y, fill: stroke, size: { value: 24 } } },
  },
];
