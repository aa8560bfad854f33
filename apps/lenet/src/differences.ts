/** Where something is not as it should be, entry by entry, as data that can be told in any language. */

/** Numbers that may stand somewhere. */
export interface Range {
  readonly whole: boolean;
  readonly minimum: number;
  readonly maximum: number;
  /** In steps of this size from 0; the maximum is allowed all the same. */
  readonly multipleOf?: number;
}

/** What is wrong with one entry: it is missing, not expected, or other than wanted. */
export interface Difference {
  readonly name: string;
  /** Undefined where the entry is not expected. */
  readonly wanted?: string | Range;
  /** Undefined where it is missing. */
  readonly got?: string;
}

export const isInRange = (value: unknown, { whole, minimum, maximum, multipleOf }: Range): boolean =>
  typeof value === 'number' &&
  (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
  value >= minimum &&
  value <= maximum &&
  (multipleOf === undefined || value % multipleOf === 0 || value === maximum);

export function differenceText({ name, wanted, got }: Difference): string {
  if (wanted === undefined) return `${name}: not expected, got ${got}`;
  const text = typeof wanted === 'string' ? wanted : rangeText(wanted);
  return got === undefined ? `${name}: expected ${text}, missing` : `${name}: expected ${text}, got ${got}`;
}

/** For example "a whole number from 1 to 60000". */
export function rangeText({ whole, minimum, maximum, multipleOf }: Range): string {
  if (minimum === maximum) return String(minimum);
  if (multipleOf !== undefined) return `${maximum} or a smaller multiple of ${multipleOf}`;
  const kind = whole ? 'a whole number' : 'a number';
  if (minimum === Number.MIN_VALUE) return 'a positive number';
  if (maximum === Number.MAX_VALUE) return `${kind} of at least ${minimum}`;
  return `${kind} from ${minimum} to ${maximum}`;
}
