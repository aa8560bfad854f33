/** docs/scale.md says what was measured, and says it if a target was missed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constantsOf } from '../src/constants.js';
import { checkGroups, checkMessages } from '../src/page/check.js';
import { page } from '../src/page/page.js';
import { speedups } from '../src/page/speed.js';
import type { Results } from '../src/results.js';

const docs = new URL('../../../docs/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, docs), 'utf8');
const names = ['speed', 'constants', 'messages', 'groups'] as const;
const measured = Object.fromEntries(
  names.map((name) => [name, JSON.parse(read(`scale/${name}.json`))]),
) as unknown as Results;

/** The results with every step of two ranks so many times as fast as one rank. */
const withSpeedup = (times: number): Results => ({
  ...measured,
  speed: {
    ...measured.speed,
    rounds: measured.speed.rounds.map((round) => ({
      ...round,
      twoRanks: { step: round.oneThread.step / times, communication: 1 },
    })),
  },
});

describe('docs/scale.md', () => {
  it('is made from the measurements beside it', () => {
    expect(read('scale.md')).toBe(page(measured));
  });

  it('says whether the target was reached', () => {
    expect(speedups(withSpeedup(1.5).speed, 'twoRanks')[0]).toBeCloseTo(1.5);
    expect(page(withSpeedup(1.5))).toContain('**the target of 1.7 is missed.**');
    expect(page(withSpeedup(1.75))).toContain('1.75 times as fast as one; the target was 1.7.');
  });

  it("says whether PyTorch's SyncBatchNorm runs", () => {
    const torch = (syncBatchNorm: string | null) => ({
      ...measured,
      speed: { ...measured.speed, torch: { version: '9.9', syncBatchNorm } },
    });
    expect(page(torch('only on the moon'))).toContain('refuses the CPU: "only on the moon"');
    expect(page(torch(null))).toContain('was not timed');
  });

  it('is made without hosts, too', () => {
    const { links } = measured.constants;
    const alone = {
      ...measured,
      constants: { ...measured.constants, links: links.slice(0, 1) },
      messages: {
        ...measured.messages,
        messages: measured.messages.messages.filter(({ link }) => link === 'shared memory'),
      },
      groups: {
        ...measured.groups,
        groups: measured.groups.groups.filter(({ link }) => link === 'shared memory'),
      },
    };
    expect(page(alone)).toContain('that takes several hosts');
    expect(page(alone)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the measurements', () => {
  it('are of two to four ranks on each of four links, and of eight in shared memory', () => {
    const ranksOn = (link: string) =>
      measured.groups.groups.filter((group) => group.link === link).map(({ ranks }) => ranks);
    expect(ranksOn('shared memory')).toEqual([1, 2, 3, 4, 8]);
    for (const link of ['TCP', 'TCP, 1 Gbit/s', 'TCP, 100 Mbit/s']) expect(ranksOn(link)).toEqual([2, 3, 4]);
  });

  it('have a prediction each, off by as much as it says', () => {
    const constants = constantsOf(measured.constants);
    const ofGroups = checkGroups(measured.groups, constants);
    const ofMessages = checkMessages(measured.messages, constants);
    expect(ofGroups).toHaveLength(measured.groups.groups.length);
    expect(ofMessages).toHaveLength(measured.messages.messages.length);
    for (const { predicted, error, measured } of ofGroups) {
      expect(predicted).toBeCloseTo(measured.step * (1 + error));
    }
    for (const { predicted, error, measured } of ofMessages) {
      expect(predicted).toBeCloseTo(measured.milliseconds * (1 + error));
    }
  });

  it('have counted the bytes that the formulas give, and headers', () => {
    const received = measured.groups.groups.find(({ link }) => link === 'TCP')!.received!;
    expect(received).toBeGreaterThan(216_000);
    expect(received).toBeLessThan(1.05 * 216_000);
  });
});
