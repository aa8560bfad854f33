/** Padded copies of images, of which every window lies inside. */
import { copyTo, FLOAT } from '../vector';
import { Geometry, rowStep } from './geometry';

/** Bytes between two rows of x. */
function xRowStep(g: Geometry): usize {
  return ((g.inWidth * g.inChannels) as usize) * FLOAT;
}

/** Rows of x that windows cover. */
function coveredRows(g: Geometry): i32 {
  return min(g.inHeight, g.paddedHeight - g.top);
}

/** Floats of a row of x that windows cover. */
function coveredFloats(g: Geometry): i32 {
  return min(g.inWidth, g.paddedWidth - g.left) * g.inChannels;
}

/** Where x begins in the padded image. */
function startIn(g: Geometry, padded: usize): usize {
  return padded + (g.top as usize) * rowStep(g) + ((g.left * g.inChannels) as usize) * FLOAT;
}

/** Copies an image to its place in the padded one. The caller has set the border to zero, once for all images. */
export function pad(g: Geometry, image: usize, padded: usize): void {
  const run = coveredFloats(g);
  let to = startIn(g, padded);
  for (let row = coveredRows(g); row > 0; --row) {
    copyTo(to, image, run);
    image += xRowStep(g);
    to += rowStep(g);
  }
}

/** The way back: copies the image out of the padded one. Pixels that no window covers become 0. */
export function crop(g: Geometry, padded: usize, image: usize): void {
  const rows = coveredRows(g);
  const run = coveredFloats(g);
  const isCovered = rows === g.inHeight && run === g.inWidth * g.inChannels;
  if (!isCovered) memory.fill(image, 0, (g.inHeight as usize) * xRowStep(g));
  let from = startIn(g, padded);
  for (let row = rows; row > 0; --row) {
    copyTo(image, from, run);
    image += xRowStep(g);
    from += rowStep(g);
  }
}
