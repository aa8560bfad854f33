/**
 * A bias, which every row of a matrix meets: adding it, and its gradient, the sum of the rows.
 *
 * Rows of a length that is no multiple of 4 (6 channels, say) start anywhere in a vector. Four rows together always
 * are whole vectors, so both kernels work on such a pattern of 4 rows.
 */
import { addTo, copyTo, FLOAT, LANES, VECTOR } from '../vector';

const PATTERN_ROWS: i32 = 4;
/** Patterns summed in registers before the sum goes to memory: short sums, added up, lose less than one long sum. */
const BLOCK_PATTERNS: i32 = 64;

/** Floats of scratch for either kernel. */
export function biasScratch(columns: i32): i32 {
  return PATTERN_ROWS * columns;
}

/** x and y are [rows, columns], bias [columns]. */
@unmanaged
export class BiasAddition {
  x: usize;
  bias: usize;
  y: usize;
  rows: i32;
  columns: i32;
  scratch: usize;
}

/** y[r][c] = x[r][c] + bias[c]. Reads x once, writes y once. */
export function addBias(call: BiasAddition): void {
  const rows = call.rows;
  const columns = call.columns;
  const scratch = call.scratch;
  let x = call.x;
  let y = call.y;
  const rowBytes = (columns as usize) * FLOAT;
  for (let row: i32 = 0; row < PATTERN_ROWS; ++row)
    copyTo(scratch + (row as usize) * rowBytes, call.bias, columns);
  let row: i32 = 0;
  for (; row + PATTERN_ROWS <= rows; row += PATTERN_ROWS) {
    let pattern = scratch;
    for (let vector: i32 = 0; vector < columns; ++vector) {
      v128.store(y, f32x4.add(v128.load(x), v128.load(pattern)));
      x += VECTOR;
      y += VECTOR;
      pattern += VECTOR;
    }
  }
  const rest = (rows - row) * columns;
  copyTo(y, x, rest);
  addTo(y, scratch, rest);
}

/** x is [rows, columns], sums [columns]. */
@unmanaged
export class RowSum {
  x: usize;
  sums: usize;
  rows: i32;
  columns: i32;
  scratch: usize;
}

/** sums[c] = sum over r of x[r][c]. Reads x once. */
export function sumRows(call: RowSum): void {
  const columns = call.columns;
  const scratch = call.scratch;
  let x = call.x;
  const rowBytes = (columns as usize) * FLOAT;
  const patternBytes = (PATTERN_ROWS as usize) * rowBytes;
  memory.fill(scratch, 0, patternBytes);
  const patterns = call.rows / PATTERN_ROWS;
  for (let pattern: i32 = 0; pattern < patterns; pattern += BLOCK_PATTERNS) {
    const count = min(BLOCK_PATTERNS, patterns - pattern);
    // A pattern of 4 rows is 4 * columns floats, that is `columns` vectors.
    for (let vector: i32 = 0; vector < columns; ++vector) {
      addColumn(scratch + (vector as usize) * VECTOR, x + (vector as usize) * VECTOR, patternBytes, count);
    }
    x += (count as usize) * patternBytes;
  }
  addTo(scratch, x, (call.rows - patterns * PATTERN_ROWS) * columns);
  copyTo(call.sums, scratch, columns);
  for (let row: i32 = 1; row < PATTERN_ROWS; ++row)
    addTo(call.sums, scratch + (row as usize) * rowBytes, columns);
}

/** Adds `count` vectors, `step` bytes apart, to one: four sums at a time, or each would wait for the last. */
function addColumn(sum: usize, x: usize, step: usize, count: i32): void {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let i: i32 = 0;
  for (; i + LANES <= count; i += LANES) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x + step));
    s2 = f32x4.add(s2, v128.load(x + 2 * step));
    s3 = f32x4.add(s3, v128.load(x + 3 * step));
    x += 4 * step;
  }
  for (; i < count; ++i) {
    s0 = f32x4.add(s0, v128.load(x));
    x += step;
  }
  const total = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  v128.store(sum, f32x4.add(v128.load(sum), total));
}
