/**
 * Statistics across the batch where channels are the innermost axis: x is [rows, channels], [N, C] or [N, H, W, C], and a
 * channel is a column. Sums by segments of rows, for finish.ts to merge: every kernel handles the segments `from` to `to`
 * (exclusive). `scratch` holds columnsScratchBytes, each thread its own.
 */
import { Call } from '../../call';
import { columnGradientSums } from '../../loops/columnGradientSums';
import { columnStatistics } from '../../loops/columnStatistics';
import { gradientRowsTogether } from '../../loops/columnSums';
import { FLOAT } from '../../loops/vector';
import { M2, MEAN, rowsPerSegment, SUM_DY, SUM_DYX, totals } from '../shared';

/** Leaves mean and M2 of the columns of each segment. Reads x once. */
export function acrossBatchColumnsStatistics(call: Call, from: i32, to: i32, scratch: usize): void {
  const channels = call.channels;
  const rows = call.batch * call.outer;
  const perSegment = rowsPerSegment(rows, channels, 1);
  for (let segment = from; segment < to; segment++) {
    const start = segment * perSegment;
    const x = call.x + <usize>start * <usize>channels * FLOAT;
    const count = min(perSegment, rows - start);
    columnStatistics(x, count, channels, totals(call, segment, MEAN), totals(call, segment, M2), scratch);
  }
}

/** Leaves sum(dy) and sum(dy * (x - mean)) of the columns of each segment. Reads dy and x once. */
export function acrossBatchColumnsGradientSums(call: Call, from: i32, to: i32, scratch: usize): void {
  const channels = call.channels;
  const rows = call.batch * call.outer;
  const together = gradientRowsTogether(<f64>rows * <f64>channels);
  const perSegment = rowsPerSegment(rows, channels, 1);
  for (let segment = from; segment < to; segment++) {
    const start = segment * perSegment;
    const at = <usize>start * <usize>channels * FLOAT;
    const count = min(perSegment, rows - start);
    memory.copy(scratch, call.mean, <usize>channels * FLOAT);
    columnGradientSums(
      call.dy + at,
      call.x + at,
      count,
      channels,
      totals(call, segment, SUM_DY),
      totals(call, segment, SUM_DYX),
      together,
      scratch,
    );
  }
}
