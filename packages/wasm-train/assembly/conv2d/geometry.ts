/** What a convolution and its gradients are told, what follows from that, and tables of offsets into an image. */
import { FLOAT, INT } from '../vector';

/**
 * The shape of a convolution, whose fields the host writes by their names. Images are
 * [batch, height, width, channels], the filter is [filterHeight, filterWidth, inChannels, outChannels].
 *
 * Kernels never test for borders: they see a padded image of [paddedHeight, paddedWidth], exactly what the windows
 * cover, with the input `top` rows down and `left` columns in. Where that is the input itself, `padded` is 0 and
 * nothing is copied.
 */
@unmanaged
export class Geometry {
  batch: i32;
  inHeight: i32;
  inWidth: i32;
  inChannels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  top: i32;
  left: i32;
  paddedHeight: i32;
  paddedWidth: i32;
  padded: i32;
}

/** y of x and filter. `shared` is scratch space of all threads; 0 if a kernel needs none, here and below. */
@unmanaged
export class Convolution extends Geometry {
  x: usize;
  filter: usize;
  y: usize;
  shared: usize;
}

/** dFilter of x and dy. */
@unmanaged
export class FilterGradient extends Geometry {
  x: usize;
  dy: usize;
  dFilter: usize;
  shared: usize;
}

/** dx of dy and filter. */
@unmanaged
export class InputGradient extends Geometry {
  dy: usize;
  filter: usize;
  dx: usize;
  shared: usize;
}

/** Output pixels of an image. */
export function pixels(g: Geometry): i32 {
  return g.outHeight * g.outWidth;
}

/** Filter taps times input channels: the length of an output's sum. */
export function taps(g: Geometry): i32 {
  return g.filterHeight * g.filterWidth * g.inChannels;
}

/** Bytes between two rows of the image that the kernels see. */
export function rowStep(g: Geometry): usize {
  return ((g.paddedWidth * g.inChannels) as usize) * FLOAT;
}

/** Floats of the padded image's copy; 0 where the input itself is used. */
export function paddedFloats(g: Geometry): i32 {
  return g.padded ? g.paddedHeight * g.paddedWidth * g.inChannels : 0;
}

/** Entries of an offset table: whole tiles of 4 rows. */
export function roundUpTo4(n: i32): i32 {
  return (n + 3) & ~3;
}

/** Where a table of so many offsets ends. */
export function endOfTable(table: usize, offsets: i32): usize {
  return table + (roundUpTo4(offsets) as usize) * INT;
}

/**
 * table[p] = bytes from an image's start to the window of output pixel p. The last entry is repeated up to a multiple
 * of 4, so that a tile can always take four.
 */
export function windowOffsets(g: Geometry, table: usize): void {
  const down = (g.strideHeight as usize) * rowStep(g);
  const right = ((g.strideWidth * g.inChannels) as usize) * FLOAT;
  writeOffsets(table, g.outHeight, down, g.outWidth, right, 1);
}

/** table[t] = bytes from a window's start to its tap t = (row, column, channel); the last repeated likewise. */
export function tapOffsets(g: Geometry, table: usize): void {
  const down = (g.dilationHeight as usize) * rowStep(g);
  const right = ((g.dilationWidth * g.inChannels) as usize) * FLOAT;
  writeOffsets(table, g.filterHeight, down, g.filterWidth, right, g.inChannels);
}

/** The bytes to so many rows, `down` apart, of so many columns, `right` apart, of so many floats. */
function writeOffsets(table: usize, rows: i32, down: usize, columns: i32, right: usize, floats: i32): void {
  const end = endOfTable(table, rows * columns * floats);
  for (let row: i32 = 0; row < rows; ++row) {
    for (let column: i32 = 0; column < columns; ++column) {
      for (let float: i32 = 0; float < floats; ++float) {
        const offset = (row as usize) * down + (column as usize) * right + (float as usize) * FLOAT;
        store<u32>(table, offset as u32);
        table += INT;
      }
    }
  }
  for (; table < end; table += INT) store<u32>(table, load<u32>(table - INT));
}
