/**
 * The arrays of one tile of columns, and what happens to the sums of its columns between the loops over memory. A tile
 * is at most TILE columns wide, so that its arrays stay in the L1 cache.
 *
 * Where few or oddly many channels would leave lanes idle, `replicas` rows count as one wide row: column j of it belongs
 * to channel j % channels, and the replicas of a channel are added up (`fold`) at the end.
 */
import { double, storeDouble } from './coefficients';
import { FLOAT } from './vector';

/** Columns of a tile at the most. */
export const TILE: i32 = 1024;
/** Rows that float32 sums take in before they are widened: few enough to keep float32's last bit. */
export const CHUNK_ROWS: i32 = 64;
/** Columns that keep the loop over a row busy. */
const WIDE: i32 = 64;

/**
 * Bytes from one float32 array to the next. The odd cache lines keep arrays, and rows of a power of two, from falling into
 * the same sets of the cache (4096x1024 backward is a third slower without them).
 */
const FLOAT_ARRAY: usize = <usize>TILE * FLOAT + 320;
/** Four float32 arrays of TILE entries; the host allocates as much for every thread, and for the factors. */
export const TILE_BYTES: i32 = 4 * (TILE * 4 + 320);
/** Two float64 arrays of TILE entries; the host allocates as much for every segment of rows. */
export const TOTALS_BYTES: i32 = 4 * (TILE * 4 + 320);

let floatArrays: usize = 0;
let doubleArrays: usize = 0;

/** From here on, the arrays are at these addresses. */
export function useArrays(tile: usize, totals: usize): void {
  floatArrays = tile;
  doubleArrays = totals;
}

/** The float32 arrays: sums of a chunk and their centers; later the factors of the element-wise loops. */
export function floats(index: usize): usize {
  return floatArrays + index * FLOAT_ARRAY;
}

/** The float64 arrays: what the chunks add up to. */
export function doubles(index: usize): usize {
  return doubleArrays + 2 * index * FLOAT_ARRAY;
}

/** How many rows of `channels` floats to read as one. */
export function replicasOf(channels: i32): i32 {
  let replicas: i32 = channels % 4 === 0 ? 1 : channels % 2 === 0 ? 2 : 4;
  if (replicas * channels > TILE) return 1;
  while (replicas * channels < WIDE) replicas *= 2;
  return replicas;
}

export function clear(array: usize, bytesPerEntry: usize, width: i32): void {
  memory.fill(array, 0, <usize>((width + 3) & ~3) * bytesPerEntry);
}

/** Adds the float32 sums of a chunk to the float64 sums. */
export function widen(sum: usize, total: usize, width: i32): void {
  for (let j: i32 = 0; j < width; j += 2) {
    const at = total + ((<usize>j) << 3);
    const chunk = f64x2.promote_low_f32x4(v128.load64_zero(sum + ((<usize>j) << 2)));
    v128.store(at, f64x2.add(v128.load(at), chunk));
  }
}

/** Adds the replicas of each channel up, into the first `channels` entries. */
export function fold(total: usize, channels: i32, replicas: i32): void {
  for (let j = channels; j < channels * replicas; j++) {
    const c = j % channels;
    storeDouble(total, c, double(total, c) + double(total, j));
  }
}

/** Repeats the first `channels` entries for the replicas. */
export function repeat(factors: usize, channels: i32, replicas: i32): void {
  for (let k: i32 = 1; k < replicas; k++) {
    memory.copy(factors + <usize>(k * channels) * FLOAT, factors, <usize>channels * FLOAT);
  }
}

/** Adds the float64 arrays at `other` to the tile's. */
export function addDoubles(other: usize, width: i32): void {
  for (let array: usize = 0; array < 2; array++) {
    const from = other + (doubles(array) - doubles(0));
    for (let j: i32 = 0; j < width; j += 2) {
      const at = doubles(array) + ((<usize>j) << 3);
      v128.store(at, f64x2.add(v128.load(at), v128.load(from + ((<usize>j) << 3))));
    }
  }
}
