/** The drawing, and what the active run takes it for: asked anew whenever either has changed. */

import { pixelsPerImage } from '@bn/lenet';
import { computed, signal } from '@preact/signals';
import { answerTo } from './answerTo.js';
import { attempt } from './attempt.js';
import { call } from './connection.js';
import { blank } from './drawing.js';
import { activeId, dataset, predictions } from './page.js';
import { readPicture } from './picture.js';

export const drawing = signal<Uint8Array>(blank());
export const isBlank = computed(() => drawing.value.every((value) => value === 0));

/** What to ask next. The predictions are renewed whenever the network has learnt something worth another look. */
const question = computed(() =>
  isBlank.value || activeId.value === undefined || predictions.value === undefined
    ? undefined
    : { pixels: drawing.value, of: predictions.value },
);

/** All classes, the likeliest first; undefined where there is nothing to classify, or nothing to classify it. */
export const answer = answerTo(question, ({ pixels }) => call('classify', pixels));

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
