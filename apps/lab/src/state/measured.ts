/** What was measured of a run, kept short however long it trains. */
import type { MeasuredPoint } from '../protocol.js';

const maximumMeasured = 400;

/** With one more; when they get too many, every second goes. The first, from before training, stays. */
export function addMeasured(
  points: readonly MeasuredPoint[],
  point: MeasuredPoint,
): readonly MeasuredPoint[] {
  const longer = [...points, point];
  return longer.length > maximumMeasured ? longer.filter((_, index) => index % 2 === 0) : longer;
}
