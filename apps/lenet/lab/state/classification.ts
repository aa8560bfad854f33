/** The drawing, and what the active run takes it for: asked anew whenever either has changed. */
import { computed, effect, signal } from '@preact/signals';
import { pixelsPerImage } from '../../src/dataset/sizes.js';
import type { Prediction } from '../../src/model/predict.js';
import { call } from './connection.js';
import { blank } from './drawing.js';
import { activeId, dataset, notify, predictions } from './page.js';
import { PictureError, readPicture } from './picture.js';

export const drawing = signal<Uint8Array>(blank());
export const isBlank = computed(() => drawing.value.every((value) => value === 0));

/** All classes, the likeliest first; undefined where there is nothing to classify, or nothing to classify it. */
export const answer = signal<readonly Prediction[] | undefined>(undefined);

let asking = false;
let changed = false;

// The predictions are renewed whenever the network has learnt something worth another look.
effect(() => {
  if (isBlank.value || activeId.value === undefined || predictions.value === undefined) {
    answer.value = undefined;
    return;
  }
  drawing.value;
  changed = true;
  if (!asking) void classify();
});

/** One question at a time, and the last drawing is always asked about. */
async function classify(): Promise<void> {
  asking = true;
  while (changed) {
    changed = false;
    try {
      answer.value = await call('classify', drawing.peek());
    } catch {
      // The run was closed meanwhile, or the worker has crashed, which has its own notice.
      answer.value = undefined;
    }
  }
  asking = false;
}

export async function openPicture(file: File): Promise<void> {
  try {
    drawing.value = await readPicture(file);
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    notify({ tone: 'error', text: error.explain });
  }
}

let nextSample = 0;

/** One test image after the other. */
export function takeTestImage(): void {
  const { samplePixels, sampleLabels } = dataset.value!;
  // A step that shares no factor with the sample's size, so that all have their turn, in changing classes.
  nextSample = (nextSample + 37) % sampleLabels.length;
  drawing.value = samplePixels.slice(nextSample * pixelsPerImage, (nextSample + 1) * pixelsPerImage);
}
