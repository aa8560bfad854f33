/** Lessons and their addresses. */
import type { Norm } from '@bn/lenet';
import { expect, test } from 'vitest';
import { parseQuery, queryOf } from '../src/lessons/address.js';
import { lessonNames, lessons } from '../src/lessons/lessons.js';
import { maximumCurves, type Plan, plannedRuns } from '../src/lessons/plan.js';
import { parseNumbers, zScores } from '../src/lessons/zScore.js';
import { en } from '../src/messages/en.js';
import { zh } from '../src/messages/zh.js';

test.each(lessonNames)(
  'the lesson %s is a link that brings back its runs, few enough to be told apart',
  (lesson) => {
    const plan = lessons[lesson];
    const query = queryOf({ plan, lesson });
    expect(parseQuery(query)).toEqual({ plan, lesson, faults: [] });
    expect(plannedRuns(plan).length).toBeLessThanOrEqual(maximumCurves);
    for (const { lessons: texts } of [en, zh]) expect(texts.list[lesson].look.length).toBeGreaterThan(40);
  },
);

test('a plan has a run for each combination, and one for no norm, which has no placement', () => {
  const { settings } = lessons.none;
  const others = { norms: ['none'], placements: ['after'], batchSizes: [] } as const;
  expect(plannedRuns({ settings, others }).map(({ norm, placement }) => [norm, placement])).toEqual([
    ['batch', 'before'],
    ['batch', 'after'],
    ['none', 'before'],
  ]);
});

test('what is compared stays beside a setting of the form that is changed, and nothing is trained twice', () => {
  const { settings, others } = lessons.none;
  const norms = (norm: Norm) =>
    plannedRuns({ settings: { ...settings, norm }, others }).map((run) => run.norm);
  expect(norms('group')).toEqual(['group', 'none']);
  expect(norms('none')).toEqual(['none']);
});

test('norms, placements and batch sizes are compared in any mix, and the address brings the mix back', () => {
  const plan: Plan = {
    settings: { ...lessons.none.settings, norm: 'group', batchSize: 48 },
    others: { norms: ['none', 'batch'], placements: ['after'], batchSizes: [2] },
  };
  const query = queryOf({ plan, lesson: undefined });
  expect(query).toContain('norm=group,none,batch&placement=before,after');
  expect(query).toContain('batchSize=48,2');
  expect(parseQuery(query)).toEqual({ plan, lesson: undefined, faults: [] });
  // Two norms with two placements each, and none, with two batch sizes each.
  expect(plannedRuns(plan)).toHaveLength(10);
});

test('an address that names what there is not says so, and the rest of it holds', () => {
  const { plan, lesson, faults } = parseQuery('?norm=batch,foo&batchSize=2.5&epochs=3&seed=-1&lesson=bar');
  expect(plan.settings).toMatchObject({ norm: 'batch', batchSize: 256, epochs: 3, seed: 0 });
  expect(lesson).toBeUndefined();
  expect(faults).toEqual([
    { name: 'norm', got: 'batch,foo' },
    { name: 'batchSize', got: '2.5' },
    { name: 'seed', got: '-1' },
    { name: 'lesson', got: 'bar' },
  ]);
});

test('the card normalizes as batch norm does, and tells what is no number', () => {
  const { mean, deviation, rows } = zScores([2, 4, 4, 6], 3, 1);
  expect(mean).toBe(4);
  expect(deviation).toBeCloseTo(Math.sqrt(2 + 1e-5), 12);
  expect(rows.map(({ centred }) => centred)).toEqual([-2, 0, 0, 2]);
  expect(rows[3]!.normalized).toBeCloseTo(2 / Math.sqrt(2 + 1e-5), 12);
  expect(rows[3]!.output).toBeCloseTo(1 + 6 / Math.sqrt(2 + 1e-5), 12);
  expect(zScores([5, 5], 1, 0).rows[0]!.output).toBe(0);
  expect(parseNumbers('2, 4；-1e3  0.5')).toEqual({ values: [2, 4, -1000, 0.5] });
  expect(parseNumbers('2, x')).toEqual({ bad: 'x' });
  expect(parseNumbers('1e999')).toEqual({ bad: '1e999' });
});
