/** What the arrays of a data set's files must be, wherever the files come from. */
import { DatasetError } from '../errors.js';
import { classCount, imageSize } from './sizes.js';

/** @throws DatasetError unless there is at least one image, and all have the size that the network takes. */
export function checkImageShape([count, height, width]: readonly number[]): void {
  if (count === 0) {
    throw new DatasetError('expected at least one image, got none', { code: 'LENET_NO_IMAGES', details: {} });
  }
  if (height !== imageSize || width !== imageSize) {
    const details = { wanted: `${imageSize}x${imageSize}`, got: `${height}x${width}` };
    throw new DatasetError(`expected images of ${details.wanted}, got ${details.got}`, {
      code: 'LENET_IMAGE_SIZE',
      details,
    });
  }
}

/**
 * @param imagesName the file that the labels go with
 * @throws DatasetError unless there is one label per image, and each names a class.
 */
export function checkLabels(labels: Uint8Array, count: number, imagesName: string): void {
  if (labels.length !== count) {
    throw new DatasetError(
      `expected ${count} labels, one for each image of ${imagesName}, got ${labels.length}`,
      { code: 'LENET_LABEL_COUNT', details: { wanted: count, images: imagesName, got: labels.length } },
    );
  }
  const index = labels.findIndex((label) => label >= classCount);
  if (index >= 0) {
    const [largest, got] = [classCount - 1, labels[index]!];
    throw new DatasetError(`expected labels from 0 to ${largest}, got ${got} at index ${index}`, {
      code: 'LENET_LABEL',
      details: { largest, got, index },
    });
  }
}
