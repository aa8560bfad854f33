/**
 * Rows of few channels, or of oddly many, would leave lanes idle: several count as one wide row. Column j of it belongs to
 * channel j % channels.
 */

/** Columns that keep the loop over a row busy. */
const WIDE: i32 = 256;
/** Wider rows would not leave the arrays of sums room in the nearest cache. */
const WIDEST: i32 = 1024;

/** How many rows of `channels` floats to read as one: a power of two, 256 at the most. */
export function rowsPerWideRow(channels: i32): i32 {
  let rows: i32 = channels % 4 === 0 ? 1 : channels % 2 === 0 ? 2 : 4;
  if (rows * channels > WIDEST) return 1;
  while (rows * channels < WIDE) rows *= 2;
  return rows;
}

/** Columns of a wide row. */
export function wideRowWidth(channels: i32): i32 {
  return channels * rowsPerWideRow(channels);
}
