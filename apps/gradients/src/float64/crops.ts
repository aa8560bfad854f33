/** Parts of images, resized. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray } from './array.js';
import { defineKernel } from './backend.js';

/** Where pixel i of `size` lies in an image line of `length`, if the box goes from `low` to `high`, in parts of it. */
function position(i: number, size: number, low: number, high: number, length: number): number {
  return size > 1
    ? low * (length - 1) + (i * (high - low) * (length - 1)) / (size - 1)
    : 0.5 * (low + high) * (length - 1);
}

function sample(image: Float64NdArray, n: number, y: number, x: number, c: number, method: string): number {
  const [, height, width, channels] = image.shape as [number, number, number, number];
  const at = (row: number, column: number) =>
    image.data[((n * height + row) * width + column) * channels + c]!;
  if (method === 'nearest') return at(Math.round(y), Math.round(x));
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [bottom, right] = [Math.ceil(y), Math.ceil(x)];
  const upper = at(top, left) + (at(top, right) - at(top, left)) * (x - left);
  const lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * (x - left);
  return upper + (lower - upper) * (y - top);
}

defineKernel<tf.CropAndResizeAttrs>(tf.CropAndResize, ({ image, boxes, boxInd }, attributes) => {
  const { cropSize, method, extrapolationValue } = attributes;
  const [, height, width, channels] = image!.shape as [number, number, number, number];
  const count = boxes!.shape[0]!;
  const y = array([count, ...cropSize, channels]);
  let flat = 0;
  for (let box = 0; box < count; ++box) {
    const [top, left, bottom, right] = boxes!.data.subarray(4 * box, 4 * box + 4) as unknown as number[];
    for (let i = 0; i < cropSize[0]; ++i) {
      const row = position(i, cropSize[0], top!, bottom!, height);
      for (let j = 0; j < cropSize[1]; ++j) {
        const column = position(j, cropSize[1], left!, right!, width);
        const isInside = row >= 0 && row <= height - 1 && column >= 0 && column <= width - 1;
        for (let c = 0; c < channels; ++c) {
          y.data[flat++] = isInside
            ? sample(image!, boxInd!.data[box]!, row, column, c, method)
            : extrapolationValue;
        }
      }
    }
  }
  return y;
});
