import { median } from '@bn/tooling/median';
import { describe, expect, it } from 'vitest';
import { fitLink, fitPair, fitPerGradient, fitWork } from '../src/fit.js';
import { travelTime } from '../src/model.js';
import { averageTraffic, gatherTraffic } from '../src/traffic.js';

const link = { alpha: 0.02, beta: 1e-6 };
const gathers = [100, 2048, 65_536].map((values) => ({
  values,
  milliseconds: travelTime(gatherTraffic(values, 2), link),
}));

describe('a fit', () => {
  it('gives back the constants that times were made of', () => {
    const perGradient = 3e-6;
    const averages = [2 ** 14, 2 ** 20].map((values) => ({
      values,
      milliseconds: travelTime(averageTraffic(values, 2), link) + perGradient * values,
    }));
    const fitted = fitLink({ name: '', gathers, averages });
    expect(fitted.alpha).toBeCloseTo(link.alpha, 9);
    expect(fitted.beta).toBeCloseTo(link.beta, 12);
    expect(fitPerGradient(averages, link)).toBeCloseTo(perGradient, 12);
    const steps = [64, 512].map((images) => ({ images, step: 2 + 0.05 * images }));
    expect(fitWork(steps).fixed).toBeCloseTo(2);
    expect(fitWork(steps).perImage).toBeCloseTo(0.05);
  });

  it('weighs relative errors: a large time that is off moves small ones by no more than its share', () => {
    const points = [1, 2, 3, 1000].map((b) => ({ a: 1, b, y: 1 + b }));
    points[3]!.y *= 1.1;
    const { first, second } = fitPair(points);
    for (const { b, y } of points.slice(0, 3)) expect((first + second * b) / y).toBeCloseTo(1, 1);
  });

  it('has no constant below 0', () => {
    const steep = [
      { a: 1, b: 1, y: 1 },
      { a: 1, b: 10, y: 20 },
    ];
    expect(fitPair(steep).first).toBe(0);
    expect(fitPair(steep).second).toBeGreaterThan(1);
    const flat = [
      { a: 1, b: 1, y: 2 },
      { a: 1, b: 10, y: 1 },
    ];
    expect(fitPair(flat).second).toBe(0);
    expect(fitPair(flat).first).toBeGreaterThan(0);
    const fast = [{ values: 2 ** 14, milliseconds: travelTime(averageTraffic(2 ** 14, 2), link) / 2 }];
    expect(fitPerGradient(fast, link)).toBe(0);
  });

  it('refuses points that do not tell the two apart', () => {
    expect(() =>
      fitPair([
        { a: 1, b: 2, y: 3 },
        { a: 2, b: 4, y: 6 },
      ]),
    ).toThrow(/at least two directions/);
    expect(() => fitPair([])).toThrow(/at least two directions/);
  });
});

describe('the median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(() => median([])).toThrow(RangeError);
  });
});
