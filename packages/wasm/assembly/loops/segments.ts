/**
 * Sums over rows are taken segment by segment, and the segments' sums merged in order. Where a segment begins depends on the
 * sizes alone: the result has the same bits on any number of threads, and without threads.
 */

/** Segments at the most: enough for threads to share them evenly, few enough that merging them costs nothing. */
const SEGMENTS: i32 = 16;
/** Floats of a segment at the least (128 KiB); what is smaller is summed in one piece. */
const SEGMENT_FLOATS: i32 = 32768;

/** Rows of `width` floats to a segment: a multiple of `multiple`, which the last segment need not fill. */
export function segmentRows(rows: i32, width: i32, multiple: i32): i32 {
  const wanted = max((rows + SEGMENTS - 1) / SEGMENTS, (SEGMENT_FLOATS + width - 1) / width);
  return ((wanted + multiple - 1) / multiple) * multiple;
}
