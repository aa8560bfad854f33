import { describe, expect, test } from 'vitest';
import {
  batchNormView,
  elementsPerStatistic,
  groupNormView,
  instanceNormView,
  type Layout,
  layerNormView,
  layoutOf,
  type NormalizationView,
  statisticsShape,
} from '../src/index.js';

interface Row {
  title: string;
  view: NormalizationView;
  /** batch, outer, channels, inner. */
  sizes: [number, number, number, number];
  groups: number;
  statistics: number[];
  elements: number;
}

const row = (
  title: string,
  view: NormalizationView,
  sizes: Row['sizes'],
  groups: number,
  statistics: number[],
  elements: number,
): Row => ({ title, view, sizes, groups, statistics, elements });

const first = 'channelsFirst';
const last = 'channelsLast';

const acrossBatch: Row[] = [
  row('BatchNorm [N, C]', batchNormView([7, 6], first), [7, 1, 6, 1], 6, [6], 7),
  row('BatchNorm [N, C] read channels last', batchNormView([7, 6], last), [7, 1, 6, 1], 6, [6], 7),
  row('BatchNorm [N, C, L]', batchNormView([7, 6, 5], first), [7, 1, 6, 5], 6, [6], 35),
  row('BatchNorm [N, L, C]', batchNormView([7, 5, 6], last), [7, 5, 6, 1], 6, [6], 35),
  row('BatchNorm NCHW', batchNormView([7, 6, 5, 3], first), [7, 1, 6, 15], 6, [6], 105),
  row('BatchNorm NHWC', batchNormView([7, 5, 3, 6], last), [7, 15, 6, 1], 6, [6], 105),
  row('BatchNorm NCDHW', batchNormView([7, 6, 2, 5, 3], first), [7, 1, 6, 30], 6, [6], 210),
  row('BatchNorm NDHWC', batchNormView([7, 2, 5, 3, 6], last), [7, 30, 6, 1], 6, [6], 210),
];

const perSample: Row[] = [
  row('GroupNorm [N, C]', groupNormView([7, 6], first, 2), [7, 1, 6, 1], 2, [7, 2], 3),
  row('GroupNorm [N, C, L]', groupNormView([7, 6, 5], first, 2), [7, 1, 6, 5], 2, [7, 2], 15),
  row('GroupNorm [N, L, C]', groupNormView([7, 5, 6], last, 2), [7, 5, 6, 1], 2, [7, 2], 15),
  row('GroupNorm NCHW', groupNormView([7, 6, 5, 3], first, 3), [7, 1, 6, 15], 3, [7, 3], 30),
  row('GroupNorm NHWC', groupNormView([7, 5, 3, 6], last, 3), [7, 15, 6, 1], 3, [7, 3], 30),
  row('GroupNorm NCDHW', groupNormView([7, 6, 2, 5, 3], first, 3), [7, 1, 6, 30], 3, [7, 3], 60),
  row('GroupNorm NDHWC', groupNormView([7, 2, 5, 3, 6], last, 3), [7, 30, 6, 1], 3, [7, 3], 60),
  row('InstanceNorm [N, C]', instanceNormView([7, 6], first), [7, 1, 6, 1], 6, [7, 6], 1),
  row('InstanceNorm [N, C, L]', instanceNormView([7, 6, 5], first), [7, 1, 6, 5], 6, [7, 6], 5),
  row('InstanceNorm [N, L, C]', instanceNormView([7, 5, 6], last), [7, 5, 6, 1], 6, [7, 6], 5),
  row('InstanceNorm NCHW', instanceNormView([7, 6, 5, 3], first), [7, 1, 6, 15], 6, [7, 6], 15),
  row('InstanceNorm NHWC', instanceNormView([7, 5, 3, 6], last), [7, 15, 6, 1], 6, [7, 6], 15),
  row('InstanceNorm NCDHW', instanceNormView([7, 6, 2, 5, 3], first), [7, 1, 6, 30], 6, [7, 6], 30),
  row('InstanceNorm NDHWC', instanceNormView([7, 2, 5, 3, 6], last), [7, 30, 6, 1], 6, [7, 6], 30),
];

const overTrailingAxes = (name: string, centered: boolean): Row[] => [
  row(`${name} of a vector`, layerNormView([6], [6], centered), [1, 1, 6, 1], 1, [1, 1], 6),
  row(`${name} [N, D]`, layerNormView([7, 6], [6], centered), [7, 1, 6, 1], 1, [7, 1], 6),
  row(`${name} [N, T, D]`, layerNormView([7, 5, 6], [6], centered), [35, 1, 6, 1], 1, [35, 1], 6),
  row(`${name} over two axes`, layerNormView([7, 5, 6], [5, 6], centered), [7, 1, 30, 1], 1, [7, 1], 30),
  row(`${name} of rank 4`, layerNormView([7, 2, 5, 6], [5, 6], centered), [14, 1, 30, 1], 1, [14, 1], 30),
  row(`${name} of rank 5`, layerNormView([2, 3, 4, 5, 6], [6], centered), [120, 1, 6, 1], 1, [120, 1], 6),
  row(`${name} over all axes`, layerNormView([7, 6], [7, 6], centered), [1, 1, 42, 1], 1, [1, 1], 42),
];

const layerNormRows = overTrailingAxes('LayerNorm', true);
const rmsNormRows = overTrailingAxes('RMSNorm', false);
const rows = [...acrossBatch, ...perSample, ...layerNormRows, ...rmsNormRows];

describe('the view of x', () => {
  test.each(rows)('$title has batch, outer, channels, inner = $sizes', ({ view, sizes }) => {
    expect([view.batch, view.outer, view.channels, view.inner]).toEqual(sizes);
  });

  test.each(rows)('$title has $groups groups', ({ view, groups }) => {
    expect(view.groups).toBe(groups);
  });

  test.each(rows)('$title has statistics of shape $statistics', ({ view, statistics }) => {
    expect(statisticsShape(view)).toEqual(statistics);
  });

  test.each(rows)('$title takes each statistic over $elements elements', ({ view, elements }) => {
    expect(elementsPerStatistic(view)).toBe(elements);
  });

  test.each(acrossBatch)('$title shares statistics across the batch', ({ view }) => {
    expect(view.acrossBatch).toBe(true);
  });

  test.each([...perSample, ...layerNormRows, ...rmsNormRows])(
    '$title keeps statistics of samples apart',
    ({ view }) => {
      expect(view.acrossBatch).toBe(false);
    },
  );

  test.each([...acrossBatch, ...perSample, ...layerNormRows])('$title subtracts the mean', ({ view }) => {
    expect(view.centered).toBe(true);
  });

  test.each(rmsNormRows)('$title does not subtract the mean', ({ view }) => {
    expect(view.centered).toBe(false);
  });

  test('an empty batch is a view of no samples', () => {
    expect(batchNormView([0, 6, 5, 3], first).batch).toBe(0);
  });
});

describe('layoutOf names the walk of', () => {
  const shape = [2, 3, 4, 6];
  const layouts: readonly (readonly [string, NormalizationView, Layout['statistics'], Layout['walk']])[] = [
    ['BatchNorm, channels first', batchNormView(shape, 'channelsFirst'), 'acrossBatch', 'planes'],
    ['BatchNorm, channels last', batchNormView(shape, 'channelsLast'), 'acrossBatch', 'columns'],
    ['BatchNorm of features', batchNormView([5, 7], 'channelsFirst'), 'acrossBatch', 'columns'],
    ['GroupNorm, channels first', groupNormView(shape, 'channelsFirst', 3), 'perSample', 'planes'],
    ['GroupNorm, channels last', groupNormView(shape, 'channelsLast', 3), 'perSample', 'columns'],
    ['GroupNorm of features', groupNormView([5, 6], 'channelsFirst', 3), 'perSample', 'rows'],
    ['InstanceNorm, channels first', instanceNormView(shape, 'channelsFirst'), 'perSample', 'planes'],
    ['LayerNorm', layerNormView(shape, [4, 6]), 'perSample', 'rows'],
    ['RMSNorm', layerNormView(shape, [6], false), 'perSample', 'rows'],
    ['a single position', batchNormView([2, 3, 1, 1], 'channelsFirst'), 'acrossBatch', 'columns'],
  ];
  test.each(layouts)('%s', (_name, view, statistics, walk) => {
    expect(layoutOf(view)).toEqual({ statistics, walk });
  });
});
