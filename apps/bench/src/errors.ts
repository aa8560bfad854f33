/** Mistakes of the person at the keyboard, and what a person can act on. */

/** Something that was asked for cannot be; the message says what was got and what was wanted. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A peer that this machine does not have; the message says why. The run goes on without it. */
export class MissingPeerError extends Error {
  override readonly name = 'MissingPeerError';
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
