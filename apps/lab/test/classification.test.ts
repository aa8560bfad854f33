/** What is shown of a drawing while the worker takes its time. */

import type { Prediction } from '@bn/lenet';
import { afterEach, expect, test, vi } from 'vitest';
import { answer, drawing } from '../src/state/classification.js';
import { blank } from '../src/state/drawing.js';
import { activeId, predictions } from '../src/state/page.js';

interface Question {
  readonly pixels: Uint8Array;
  readonly reply: (predictions: readonly Prediction[]) => void;
  readonly fail: (error: Error) => void;
}

const questions = vi.hoisted((): Question[] => []);

vi.mock('../src/state/connection.js', () => ({
  call: (_command: 'classify', pixels: Uint8Array) =>
    new Promise<readonly Prediction[]>((reply, fail) => questions.push({ pixels, reply, fail })),
}));

const drawn = (value: number): Uint8Array => blank().fill(value);
const of = (label: number): readonly Prediction[] => [{ label, confidence: 1 }];
/** Until the promises that are settled have had their say. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

function open(): void {
  activeId.value = 'run';
  predictions.value = [];
}

afterEach(async () => {
  drawing.value = blank();
  activeId.value = undefined;
  for (const { reply } of questions.splice(0)) reply(of(0));
  await settled();
});

test('a drawing that was cleared stays without an answer when one comes late', async () => {
  open();
  drawing.value = drawn(1);
  drawing.value = blank();
  questions[0]!.reply(of(3));
  await settled();
  expect(answer.value).toBeUndefined();
});

test('a run that was closed leaves no answer behind when one comes late', async () => {
  open();
  drawing.value = drawn(1);
  activeId.value = undefined;
  questions[0]!.reply(of(3));
  await settled();
  expect(answer.value).toBeUndefined();
});

test('of all drawings while the worker is busy, the last is asked about', async () => {
  open();
  drawing.value = drawn(1);
  drawing.value = drawn(2);
  drawing.value = drawn(3);
  expect(questions.map(({ pixels }) => pixels[0])).toEqual([1]);
  questions[0]!.reply(of(1));
  await settled();
  expect(questions.map(({ pixels }) => pixels[0])).toEqual([1, 3]);
  questions[1]!.reply(of(3));
  await settled();
  expect(answer.value).toEqual(of(3));
  expect(questions).toHaveLength(2);
});

test('a drawing is asked about anew once the network has learnt', async () => {
  open();
  drawing.value = drawn(1);
  questions[0]!.reply(of(1));
  await settled();
  predictions.value = [];
  questions[1]!.reply(of(2));
  await settled();
  expect(answer.value).toEqual(of(2));
});

test('after a failure the next drawing is asked about', async () => {
  open();
  drawing.value = drawn(1);
  questions[0]!.fail(new Error('closed'));
  await settled();
  expect(answer.value).toBeUndefined();
  drawing.value = drawn(2);
  questions[1]!.reply(of(2));
  await settled();
  expect(answer.value).toEqual(of(2));
});
