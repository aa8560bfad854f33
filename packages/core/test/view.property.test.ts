import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  batchNormView,
  elementsPerStatistic,
  groupNormView,
  instanceNormView,
  layerNormView,
  type NormalizationView,
  statisticsShape,
} from '../src/index.js';

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const size = fc.integer({ min: 1, max: 9 });
const dataFormat = fc.constantFrom('channelsFirst' as const, 'channelsLast' as const);

/** Sizes of x apart from their order: N, C = groups * channelsPerGroup, and up to three spatial sizes. */
const image = fc.record({
  batch: size,
  groups: size,
  channelsPerGroup: size,
  spatial: fc.array(size, { maxLength: 3 }),
});
type Image = typeof image extends fc.Arbitrary<infer T> ? T : never;

const channelsOf = ({ groups, channelsPerGroup }: Image) => groups * channelsPerGroup;
const channelsFirst = (x: Image) => [x.batch, channelsOf(x), ...x.spatial];
const channelsLast = (x: Image) => [x.batch, ...x.spatial, channelsOf(x)];

const viewsOver: [
  string,
  (shape: number[], format: 'channelsFirst' | 'channelsLast', groups: number) => NormalizationView,
][] = [
  ['BatchNorm', (shape, format) => batchNormView(shape, format)],
  ['GroupNorm', (shape, format, groups) => groupNormView(shape, format, groups)],
  ['InstanceNorm', (shape, format) => instanceNormView(shape, format)],
];

test.each(viewsOver)('the sizes of a %s view multiply to the size of x', (_, view) => {
  fc.assert(
    fc.property(image, dataFormat, (x, format) => {
      const shape = format === 'channelsFirst' ? channelsFirst(x) : channelsLast(x);
      const { batch, outer, channels, inner } = view(shape, format, x.groups);
      expect(batch * outer * channels * inner).toBe(product(shape));
    }),
  );
});

test.each(viewsOver)('the statistics of a %s view together cover x once', (_, view) => {
  fc.assert(
    fc.property(image, dataFormat, (x, format) => {
      const shape = format === 'channelsFirst' ? channelsFirst(x) : channelsLast(x);
      const seen = view(shape, format, x.groups);
      expect(product(statisticsShape(seen)) * elementsPerStatistic(seen)).toBe(product(shape));
    }),
  );
});

test.each(viewsOver)('a %s view of channels-last x only swaps outer and inner', (_, view) => {
  fc.assert(
    fc.property(image, (x) => {
      const { outer, inner, ...first } = view(channelsFirst(x), 'channelsFirst', x.groups);
      expect(view(channelsLast(x), 'channelsLast', x.groups)).toEqual({
        ...first,
        outer: inner,
        inner: outer,
      });
    }),
  );
});

test('group norm with one group per channel has the view of instance norm', () => {
  fc.assert(
    fc.property(image, dataFormat, (x, format) => {
      const shape = format === 'channelsFirst' ? channelsFirst(x) : channelsLast(x);
      expect(groupNormView(shape, format, channelsOf(x))).toEqual(instanceNormView(shape, format));
    }),
  );
});

test('the statistics of a layer norm view together cover x once, wherever the trailing axes begin', () => {
  fc.assert(
    fc.property(
      fc.array(size, { maxLength: 3 }),
      fc.array(size, { minLength: 1, maxLength: 3 }),
      (leading, trailing) => {
        const view = layerNormView([...leading, ...trailing], trailing);
        expect([statisticsShape(view), elementsPerStatistic(view)]).toEqual([
          [product(leading), 1],
          product(trailing),
        ]);
      },
    ),
  );
});

test('a group norm view keeps all channels of x, in groups of equal size', () => {
  fc.assert(
    fc.property(image, (x) => {
      const { channels, groups } = groupNormView(channelsFirst(x), 'channelsFirst', x.groups);
      expect(channels).toBe(groups * x.channelsPerGroup);
    }),
  );
});
