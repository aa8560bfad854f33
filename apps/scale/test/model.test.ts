import { describe, expect, it } from 'vitest';
import { communicationTime, efficiency, fastestRanks, halfEfficientRanks, stepTime } from '../src/model.js';
import { leNet } from '../src/networks.js';
import { stepTraffic } from '../src/traffic.js';

const link = { alpha: 1, beta: 1e-4 };
const free = { alpha: 0, beta: 0 };
const work = { fixed: 0.5, perImage: 2 };
const perGradient = 1e-3;

describe('the time of a step', () => {
  it('is that of computing with one rank', () => {
    expect(stepTime(leNet, { images: 10, ranks: 1, link, work, perGradient })).toBe(20.5);
  });

  it('adds messages, bytes and gradients', () => {
    const { messages, bytes } = stepTraffic(leNet, 4);
    const time = communicationTime(leNet, { ranks: 4, link, perGradient });
    expect(time).toBeCloseTo(messages + bytes * 1e-4 + leNet.parameters * 1e-3);
  });

  it('is that of the rank with most images', () => {
    expect(stepTime(leNet, { images: 9, ranks: 4, link: free, work, perGradient: 0 })).toBe(6.5);
    expect(stepTime(leNet, { images: 2, ranks: 4, link: free, work, perGradient: 0 })).toBe(2.5);
  });

  it('counts turns if there are fewer cores than ranks', () => {
    const step = { images: 8, ranks: 4, link: free, work, perGradient: 0 };
    expect(stepTime(leNet, step)).toBe(4.5);
    expect(stepTime(leNet, { ...step, cores: 2 })).toBe(9);
  });
});

describe('the point where more ranks stop paying', () => {
  const ranks = [1, 2, 4, 8, 16];

  it('is the shortest step on a batch that stays the same', () => {
    const step = { images: 64, link, work, perGradient: 1e-4 };
    const fastest = fastestRanks(leNet, ranks, step);
    const time = (count: number) => stepTime(leNet, { ...step, ranks: count });
    expect(time(fastest)).toBe(Math.min(...ranks.map(time)));
    expect(ranks.slice(1, -1)).toContain(fastest);
    expect(fastestRanks(leNet, ranks, { ...step, link: { alpha: 1e6, beta: 0 } })).toBe(1);
  });

  it('is an efficiency of a half on images that grow with the ranks', () => {
    const step = { images: 30, link, work, perGradient };
    expect(efficiency(leNet, { ...step, ranks: 1 })).toBe(1);
    const time = stepTime(leNet, { ...step, images: 60, ranks: 2 });
    expect(efficiency(leNet, { ...step, ranks: 2 })).toBeCloseTo(60.5 / time);
    const last = halfEfficientRanks(leNet, ranks, step);
    expect(efficiency(leNet, { ...step, ranks: last })).toBeGreaterThanOrEqual(0.5);
    expect(last).toBeLessThan(16);
    expect(efficiency(leNet, { ...step, ranks: 2 * last })).toBeLessThan(0.5);
  });
});
