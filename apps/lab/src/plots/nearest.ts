/** Where a column has a value next to a place: runs have theirs at different epochs. */
export function nearestKnown(column: ArrayLike<number | null | undefined>, index: number): number | null {
  for (let distance = 0; distance < column.length; distance++) {
    for (const candidate of [index - distance, index + distance]) {
      if (typeof column[candidate] === 'number') return candidate;
    }
  }
  return null;
}
