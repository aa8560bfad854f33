/** What the arrays of a data set's files must be, wherever the files come from. */
import { DatasetError } from '../errors.js';
import { fault } from '../faults.js';
import { classCount, imageSize } from './sizes.js';

/** @throws DatasetError unless there is at least one image, and all have the size that the network takes. */
export function checkImageShape([count, height, width]: readonly number[]): void {
  if (count === 0) throw new DatasetError(fault('noImages'));
  if (height !== imageSize || width !== imageSize) {
    throw new DatasetError(fault('imageSize', `${imageSize}x${imageSize}`, `${height}x${width}`));
  }
}

/**
 * @param imagesName the file that the labels go with
 * @throws DatasetError unless there is one label per image, and each names a class.
 */
export function checkLabels(labels: Uint8Array, count: number, imagesName: string): void {
  if (labels.length !== count) {
    throw new DatasetError(fault('labelCount', count, imagesName, labels.length));
  }
  const index = labels.findIndex((label) => label >= classCount);
  if (index >= 0) {
    throw new DatasetError(fault('label', classCount - 1, labels[index]!, index));
  }
}
