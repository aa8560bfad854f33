/** A value of a file as an error shows it. */

/** Longer values are shown in part. */
const longestText = 80;

/** The value as JSON, cut after 80 characters, as the errors of this package show it; of any value. */
export function shownValue(value: unknown): string {
  const text = jsonOf(value);
  return text.length > longestText ? `${text.slice(0, longestText)} …` : text;
}

function jsonOf(value: unknown): string {
  // JSON has no NaN.
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // JSON.parse reads more levels than JSON.stringify writes.
    return 'a value nested thousands of levels deep';
  }
}
