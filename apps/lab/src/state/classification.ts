/** The drawing, and what the active run takes it for: asked anew whenever either has changed. */

import type { Prediction } from '@bn/lenet';
import { pixelsPerImage } from '@bn/lenet';
import { computed, effect, signal } from '@preact/signals';
import { attempt } from './attempt.js';
import { call } from './connection.js';
import { blank } from './drawing.js';
import { activeId, dataset, predictions } from './page.js';
import { readPicture } from './picture.js';

export const drawing = signal<Uint8Array>(blank());
export const isBlank = computed(() => drawing.value.every((value) => value === 0));

/** All classes, the likeliest first; undefined where there is nothing to classify, or nothing to classify it. */
export const answer = signal<readonly Prediction[] | undefined>(undefined);

/** What to ask next. The predictions are renewed whenever the network has learnt something worth another look. */
const question = computed(() =>
  isBlank.value || activeId.value === undefined || predictions.value === undefined
    ? undefined
    : { pixels: drawing.value, of: predictions.value },
);

let asking = false;

effect(() => {
  if (question.value === undefined) answer.value = undefined;
  else if (!asking) void classify();
});

/** One question at a time, and the last one is always asked. What comes after there is nothing to ask is not shown. */
async function classify(): Promise<void> {
  asking = true;
  let asked: typeof question.value;
  while (asked !== question.peek()) {
    asked = question.peek();
    if (asked === undefined) break;
    const predicted = await ask(asked.pixels);
    if (question.peek() !== undefined) answer.value = predicted;
  }
  asking = false;
}

/** Undefined where the run has been closed, or the worker has crashed, which has its own notice. */
const ask = (pixels: Uint8Array): Promise<readonly Prediction[] | undefined> =>
  call('classify', pixels).catch(() => undefined);

export const openPicture = (file: File): Promise<void> =>
  attempt(async () => {
    drawing.value = await readPicture(file);
  });

let nextSample = 0;

/** One test image after the other. */
export function takeTestImage(): void {
  const { samplePixels, sampleLabels } = dataset.value!;
  // A step that shares no factor with the sample's size, so that all have their turn, in changing classes.
  nextSample = (nextSample + 37) % sampleLabels.length;
  drawing.value = samplePixels.slice(nextSample * pixelsPerImage, (nextSample + 1) * pixelsPerImage);
}
