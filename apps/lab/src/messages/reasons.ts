/** Why something failed, in the language of the page. */
import type { Reason } from '@bn/lenet';
import type { ErrorTexts } from '../errors.js';

/** The message of an error is English. It is also shown if the language of the page has no text for the code. */
export function textOf(
  { message, code, details }: Reason,
  { errors }: { readonly errors: Partial<ErrorTexts> },
): string {
  // The throw site guarantees that the details belong to the code.
  const text = errors[code as keyof ErrorTexts] as ((details: unknown) => string) | undefined;
  return text ? text(details) : message;
}
