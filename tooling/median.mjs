/**
 * The middle one of the values, or the mean of the middle two.
 *
 * @param {readonly number[]} values
 * @throws RangeError without values.
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('median: expected at least one value, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
