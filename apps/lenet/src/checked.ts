/** Checks what was read from a file against a schema, and says entry by entry what is wrong with it. */
import { shownValue } from '@bn/exchange';
import { z } from 'zod';
import { type Difference, isInRange, type Range } from './differences.js';

/** A number in a range. */
export const numberIn = (range: Range) =>
  z.custom<number>((value) => isInRange(value, range), { params: { wanted: range } });

/** The value as the schema has it, or what is wrong with it. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { readonly data: z.infer<Schema> } | { readonly differences: readonly Difference[] } {
  const { success, data, error } = schema.safeParse(value);
  return success ? { data } : { differences: error.issues.flatMap((issue) => differencesOf(issue, value)) };
}

function differencesOf(issue: z.core.$ZodIssue, value: unknown): Difference[] {
  const path = issue.path as PropertyKey[];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      name: nameOf([...path, key]),
      got: shownValue(at(value, [...path, key])),
    }));
  }
  const got = at(value, path);
  return [
    { name: nameOf(path), wanted: wantedBy(issue), ...(got !== undefined && { got: shownValue(got) }) },
  ];
}

function wantedBy(issue: z.core.$ZodIssue): string | Range {
  switch (issue.code) {
    case 'custom':
      return (issue.params as { wanted: string | Range }).wanted;
    case 'invalid_type':
      return issue.expected;
    case 'invalid_value':
      return issue.values.join(' | ');
    case 'invalid_union':
      return wantedBy(issue.errors[0]![0]!);
    default:
      return issue.message;
  }
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );

/** For example history[0].trainLoss. */
const nameOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '') || 'all of it';
