/** When the page asks for filters and feature maps, and which it shows. */
import { afterEach, expect, test, vi } from 'vitest';
import type { FirstLayers } from '../src/protocol.js';
import { drawing } from '../src/state/classification.js';
import { blank } from '../src/state/drawing.js';
import { exampleNumber, firstLayers, isInSight, takesDrawing } from '../src/state/firstLayers.js';
import { activeId, dataset, layers } from '../src/state/page.js';

interface Question {
  /** The first of the image. */
  readonly pixel: number;
  readonly reply: (looked: FirstLayers) => void;
}

const questions = vi.hoisted((): Question[] => []);

vi.mock('../src/state/connection.js', () => ({
  call: (_command: 'lookAt', pixels: Uint8Array) =>
    new Promise<FirstLayers>((reply) => questions.push({ pixel: pixels[0]!, reply })),
}));

const looked = (): FirstLayers => ({ filters: [], featureMaps: [] });
/** Until the promises that are settled have had their say. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A run with three test images, each of its own grey. */
function open(): void {
  const greys = [10, 20, 30];
  dataset.value = {
    name: 'some',
    trainCount: 48,
    testCount: greys.length,
    testPixels: Uint8Array.from(
      { length: greys.length * 784 },
      (_, pixel) => greys[Math.floor(pixel / 784)]!,
    ),
    testLabels: Uint8Array.of(7, 8, 9),
    samplePixels: new Uint8Array(),
    sampleLabels: new Uint8Array(),
  };
  activeId.value = 'run';
  layers.value = [];
}

afterEach(async () => {
  [activeId.value, layers.value, dataset.value] = [undefined, undefined, undefined];
  [isInSight.value, takesDrawing.value, exampleNumber.value] = [false, false, 0];
  drawing.value = blank();
  for (const { reply } of questions.splice(0)) reply(looked());
  await settled();
});

test('nothing is asked out of sight, and what was shown stays', async () => {
  open();
  expect(questions).toHaveLength(0);
  isInSight.value = true;
  expect(questions).toHaveLength(1);
  questions[0]!.reply(looked());
  await settled();
  const shown = firstLayers.value!;
  expect(shown.example).toMatchObject({ test: { index: 0, label: 7 } });
  layers.value = [];
  expect(questions).toHaveLength(2);
  questions[1]!.reply(looked());
  await settled();
  isInSight.value = false;
  layers.value = [];
  exampleNumber.value = 1;
  await settled();
  expect(questions).toHaveLength(2);
  expect(firstLayers.value).toBeDefined();
  isInSight.value = true;
  expect(questions.map(({ pixel }) => pixel)).toEqual([10, 10, 20]);
});

test('an image is shown with its own maps, and not before they are there', async () => {
  open();
  isInSight.value = true;
  questions[0]!.reply(looked());
  await settled();
  exampleNumber.value = 2;
  expect(firstLayers.value!.example.test!.index).toBe(0);
  questions[1]!.reply(looked());
  await settled();
  expect(firstLayers.value!.example.test).toEqual({ index: 2, label: 9 });
});

test.each([
  [-1, 10],
  [1.7, 20],
  [1000, 30],
  [Number.NaN, 10],
])('the number %d asks for a test image that there is', (typed, pixel) => {
  open();
  exampleNumber.value = typed;
  isInSight.value = true;
  expect(questions.map((question) => question.pixel)).toEqual([pixel]);
});

test('the drawing is looked at, until it is cleared', async () => {
  open();
  takesDrawing.value = true;
  isInSight.value = true;
  drawing.value = blank().fill(99);
  questions[0]!.reply(looked());
  await settled();
  questions[1]!.reply(looked());
  await settled();
  expect(firstLayers.value!.example).toEqual({ pixels: drawing.value });
  drawing.value = blank();
  expect(questions.map(({ pixel }) => pixel)).toEqual([10, 99, 10]);
});

test('a run that is closed has no filters, in sight or not', async () => {
  open();
  isInSight.value = true;
  questions[0]!.reply(looked());
  await settled();
  isInSight.value = false;
  activeId.value = undefined;
  expect(firstLayers.value).toBeUndefined();
});
