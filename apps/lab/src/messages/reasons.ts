/** Why something failed, in the language of the page. */
import type { Reason } from '@bn/lenet';
import type { ErrorTexts } from '../errors.js';

/** English has no texts of its own: an error's message is English. What nobody has translated is told by that, too. */
export function textOf(
  { message, code, details }: Reason,
  { errors }: { readonly errors: Partial<ErrorTexts> },
): string {
  // That the details are those of the code, the place has seen to where it was thrown.
  const text = errors[code as keyof ErrorTexts] as ((details: unknown) => string) | undefined;
  return text ? text(details) : message;
}
