/** The scratch space of a thread for groups of columns, in three parts. */
import { Call } from '../../call';
import { doublesBytes, floatsBytes } from '../../loops/arrays';
import { columnsScratchBytes } from '../../loops/columnStatistics';
import { factorsBytes } from '../../loops/factors';
import { wideRowWidth } from '../../loops/wideRows';

/** Bytes of a thread: the loops over columns (later the factors), and two float64 arrays of a sample's columns. */
export function perSampleColumnsScratchBytes(channels: i32): usize {
  return loopBytes(channels) + 2 * doublesBytes(channels);
}

function loopBytes(channels: i32): usize {
  const width = wideRowWidth(channels);
  return max(columnsScratchBytes(channels), 2 * factorsBytes(width));
}

/** The factors of the element-wise loops, and behind them the same interleaved, where the loops over columns had their sums. */
export function factors(call: Call, scratch: usize, array: i32): usize {
  return scratch + <usize>array * floatsBytes(wideRowWidth(call.channels));
}

/** Two float64 arrays of a sample: of its columns, later of its groups. */
export function ofColumns(call: Call, scratch: usize, array: i32): usize {
  return scratch + loopBytes(call.channels) + <usize>array * doublesBytes(call.channels);
}
