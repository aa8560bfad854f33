/** What a model takes an image for. */
import * as tf from '@tensorflow/tfjs';
import { classCount, imageSize, pixelsPerImage } from '../dataset/sizes.js';
import type { LeNet } from './lenet.js';

/** A class, and how sure the model is of it: softmax of the logits, 0 to 1. */
export interface Prediction {
  readonly label: number;
  readonly confidence: number;
}

/** Classifies images of 28x28 bytes, one after the other in `pixels`; for each all classes, the likeliest first. */
export async function predict(model: LeNet, pixels: Uint8Array): Promise<Prediction[][]> {
  const probabilities = tf.tidy(() => {
    const brightness = Float32Array.from(pixels, (byte) => byte / 255);
    const count = pixels.length / pixelsPerImage;
    const images = tf.tensor4d(brightness, [count, imageSize, imageSize, 1]);
    return tf.softmax(model.forward(images, { training: false }));
  });
  const rows = (await probabilities.array()) as number[][];
  probabilities.dispose();
  return rows.map((row) =>
    Array.from({ length: classCount }, (_, label) => ({ label, confidence: row[label]! })).sort(
      (a, b) => b.confidence - a.confidence,
    ),
  );
}
