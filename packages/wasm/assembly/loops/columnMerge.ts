/**
 * Chan's merge of statistic.ts for the columns of a chunk of rows: float32 sums go into mean and M2 in float64, two columns to a
 * vector. Reads and writes each array once.
 */
import { fourFinite, twoFinite } from './statistic';
import { DOUBLE, FLOAT, VECTOR } from './vector';

/** The first chunk finds nothing in mean and M2, and reads nothing of them; a later one does. `sizeof` tells them apart. */
export type FirstChunk = u8;
export type LaterChunk = u16;

/**
 * Merges a chunk of n rows, of which `sum` and `square` hold sum(x - shift) and sum((x - shift)^2), into the `count` rows before it.
 * Leaves the next chunk's shift, and its sums at 0.
 */
export function mergeChunk<Chunk>(
  n: f64,
  count: f64,
  width: i32,
  shift: usize,
  sum: usize,
  square: usize,
  mean: usize,
  m2: usize,
): void {
  const total = count + n;
  const perRow = f64x2.splat(1 / n);
  const meanWeight = f64x2.splat(n / total);
  const m2Weight = f64x2.splat((count * n) / total);
  const zero = f32x4.splat(0);
  for (let j: i32 = 0; j < width; j += 4) {
    const at = <usize>j * FLOAT;
    const center = v128.load(shift + at);
    const sums = v128.load(sum + at);
    const squares = v128.load(square + at);
    v128.store(sum + at, zero);
    v128.store(square + at, zero);
    const at2 = <usize>j * DOUBLE;
    const low = mergeTwo<Chunk>(center, sums, squares, perRow, meanWeight, m2Weight, mean + at2, m2 + at2);
    const high = mergeTwo<Chunk>(
      upper(center),
      upper(sums),
      upper(squares),
      perRow,
      meanWeight,
      m2Weight,
      mean + at2 + VECTOR,
      m2 + at2 + VECTOR,
    );
    v128.store(shift + at, fourFinite(i32x4.shuffle(low, high, 0, 1, 4, 5)));
  }
}

/** The same for the two columns in the lower halves. Returns their new means, as float32. */
function mergeTwo<Chunk>(
  shift: v128,
  sum: v128,
  square: v128,
  perRow: v128,
  meanWeight: v128,
  m2Weight: v128,
  mean: usize,
  m2: usize,
): v128 {
  const sums = f64x2.promote_low_f32x4(sum);
  const average = f64x2.mul(sums, perRow);
  const within = f64x2.sub(f64x2.promote_low_f32x4(square), f64x2.mul(sums, average));
  const meanOfChunk = f64x2.add(f64x2.promote_low_f32x4(shift), average);
  if (sizeof<Chunk>() === 1) {
    v128.store(mean, meanOfChunk);
    v128.store(m2, within);
    return f32x4.demote_f64x2_zero(meanOfChunk);
  }
  const earlier = v128.load(mean);
  const delta = f64x2.sub(meanOfChunk, twoFinite(earlier));
  const newMean = f64x2.add(earlier, f64x2.mul(delta, meanWeight));
  const between = f64x2.mul(f64x2.mul(delta, delta), m2Weight);
  v128.store(mean, newMean);
  v128.store(m2, f64x2.add(f64x2.add(v128.load(m2), within), between));
  return f32x4.demote_f64x2_zero(newMean);
}

function upper(value: v128): v128 {
  return i32x4.shuffle(value, value, 2, 3, 2, 3);
}
