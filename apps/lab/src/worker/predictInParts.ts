/** A model's predictions for many images. */

import type { LeNet } from '@bn/lenet';
import { type Prediction, pixelsPerImage, predict } from '@bn/lenet';

/** Few enough that a pause or a swap does not wait long on the slowest backend. */
const imagesAtOnce = 50;

/** The likeliest class of each image of 784 bytes. */
export async function predictInParts(model: LeNet, pixels: Uint8Array): Promise<Prediction[]> {
  const likeliest: Prediction[] = [];
  for (let start = 0; start < pixels.length; start += imagesAtOnce * pixelsPerImage) {
    const some = pixels.subarray(start, start + imagesAtOnce * pixelsPerImage);
    likeliest.push(...(await predict(model, some)).map(([first]) => first!));
  }
  return likeliest;
}
