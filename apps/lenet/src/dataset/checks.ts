/** What the arrays of a data set's files must be, wherever the files come from. */

import { counted } from '../counts.js';
import { DatasetError } from '../errors.js';
import { classCount, imageSize, pixelsPerImage } from './sizes.js';

/** As many images as fit in a gigabyte, which is 20 times as many as Fashion-MNIST has. */
const mostImages = Math.floor(2 ** 30 / pixelsPerImage);

/** @throws DatasetError unless there are some images and not too many, and all have the size that the network takes. */
export function checkImageShape([count = 0, height, width]: readonly number[]): void {
  checkCount([count]);
  if (height !== imageSize || width !== imageSize) {
    const details = { wanted: `${imageSize}x${imageSize}`, got: `${height}x${width}` };
    throw new DatasetError(`expected images of ${details.wanted}, got ${details.got}`, {
      code: 'LENET_IMAGE_SIZE',
      details,
    });
  }
}

/** @throws DatasetError unless there are some images, or labels of images, and not too many. */
export function checkCount([count = 0]: readonly number[]): void {
  if (count === 0) {
    throw new DatasetError('expected at least one image, got none', { code: 'LENET_NO_IMAGES', details: {} });
  }
  if (count > mostImages) {
    throw new DatasetError(`expected at most ${counted(mostImages)} images, got ${counted(count)}`, {
      code: 'LENET_MANY_IMAGES',
      details: { largest: mostImages, got: count },
    });
  }
}

/**
 * @param imagesName the file that the labels go with
 * @throws DatasetError unless there is one label per image.
 */
export function checkLabelCount(got: number, count: number, imagesName: string): void {
  if (got === count) return;
  throw new DatasetError(`expected ${count} labels, one for each image of ${imagesName}, got ${got}`, {
    code: 'LENET_LABEL_COUNT',
    details: { wanted: count, images: imagesName, got },
  });
}

/** @throws DatasetError unless each label names a class. */
export function checkLabels(labels: Uint8Array): void {
  const index = labels.findIndex((label) => label >= classCount);
  if (index >= 0) {
    const [largest, got] = [classCount - 1, labels[index]!];
    throw new DatasetError(`expected labels from 0 to ${largest}, got ${got} at index ${index}`, {
      code: 'LENET_LABEL',
      details: { largest, got, index },
    });
  }
}
