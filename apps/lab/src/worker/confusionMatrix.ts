/** Which classes are taken for which. */
import { classCount } from '@bn/lenet';
import type { ConfusionMatrix } from '../protocol.js';

/** Counts the images of each class by what they are taken for. */
export function confusionMatrix(labels: Uint8Array, predicted: Uint8Array): ConfusionMatrix {
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (const [index, label] of labels.entries()) counts[label]![predicted[index]!]!++;
  return counts;
}
