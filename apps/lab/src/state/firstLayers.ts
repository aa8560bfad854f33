/** The image that is looked at in the first layers, and what the run in hand makes of it: asked anew while it is in sight. */
import { pixelsPerImage } from '@bn/lenet';
import { computed, effect, signal } from '@preact/signals';
import type { FirstLayers } from '../protocol.js';
import { answerTo } from './answerTo.js';
import { drawing, isBlank } from './classification.js';
import { call } from './connection.js';
import { activeId, dataset, layers, predictions } from './page.js';

export interface Example {
  readonly pixels: Uint8Array;
  /** Of a test image; the drawing has none. */
  readonly test?: { readonly index: number; readonly label: number };
}

/** The number of the test image as a person typed it, which may be none. */
export const exampleNumber = signal(0);
/** Whether the drawing is looked at instead, if there is one. */
export const takesDrawing = signal(false);
/** Whether a person sees what is made of it: only then it costs time. */
export const isInSight = signal(false);

const example = computed((): Example | undefined => {
  if (takesDrawing.value && !isBlank.value) return { pixels: drawing.value };
  if (dataset.value === undefined) return undefined;
  const { testCount, testPixels, testLabels } = dataset.value;
  const index = Math.max(0, Math.min(testCount - 1, Math.floor(exampleNumber.value || 0)));
  const pixels = testPixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
  return { pixels, test: { index, label: testLabels[index]! } };
});

interface Question {
  readonly example: Example;
  readonly of: readonly unknown[];
}

/** The layers and the predictions are renewed whenever the network has learnt something worth another look. */
const wanted = computed((): Question | undefined =>
  example.value === undefined || activeId.value === undefined || layers.value === undefined
    ? undefined
    : { example: example.value, of: [layers.value, predictions.value] },
);

const question = signal<Question | undefined>(undefined);

// Out of sight it stays as it was, so that what is in sight does not move.
effect(() => {
  if (wanted.value === undefined || isInSight.value) question.value = wanted.value;
});

/** The image together with what was made of it. */
export const firstLayers = answerTo(
  question,
  async ({ example }: Question): Promise<FirstLayers & { readonly example: Example }> => ({
    ...(await call('lookAt', example.pixels)),
    example,
  }),
);
