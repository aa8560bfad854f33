import { copyTo, FLOAT } from './vector';

/**
 * Copies an image [height, width, channels] into a larger (or cropped) one [paddedHeight, paddedWidth, channels],
 * `top` rows down and `left` columns in. The caller has set the border to zero, once for all images.
 */
export function pad(
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  padded: usize,
  paddedHeight: i32,
  paddedWidth: i32,
  top: i32,
  left: i32,
): void {
  const rows = min(height, paddedHeight - top);
  const run = min(width, paddedWidth - left) * channels;
  const rowStep = ((width * channels) as usize) * FLOAT;
  const paddedRowStep = ((paddedWidth * channels) as usize) * FLOAT;
  let to = padded + (top as usize) * paddedRowStep + ((left * channels) as usize) * FLOAT;
  for (let row: i32 = 0; row < rows; ++row) {
    copyTo(to, image, run);
    image += rowStep;
    to += paddedRowStep;
  }
}

/** The way back: copies the image out of the padded one. Pixels that no window covers become 0. */
export function crop(
  padded: usize,
  paddedHeight: i32,
  paddedWidth: i32,
  channels: i32,
  image: usize,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
): void {
  const rows = min(height, paddedHeight - top);
  const run = min(width, paddedWidth - left) * channels;
  const rowStep = ((width * channels) as usize) * FLOAT;
  const paddedRowStep = ((paddedWidth * channels) as usize) * FLOAT;
  let from = padded + (top as usize) * paddedRowStep + ((left * channels) as usize) * FLOAT;
  if (rows < height || run < width * channels) memory.fill(image, 0, (height as usize) * rowStep);
  for (let row: i32 = 0; row < rows; ++row) {
    copyTo(image, from, run);
    image += rowStep;
    from += paddedRowStep;
  }
}
