/** Compiled modules inside JavaScript files. */

/** A compiled module as text, as the build writes it (tooling/kernels.mjs). It imports a memory, `env.memory`. */
export interface Binary {
  readonly text: string;
  /** The byte that says whether the memory is shared: the kernels are the same for one that is not. */
  readonly sharedFlagAt: number;
}

/**
 * The bytes of a module, for a memory that threads share, or for one of a single thread: it has to say which it imports. Either
 * must have a maximum, as tfjs's have.
 */
export function bytesOf({ text, sharedFlagAt }: Binary, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = bytesFromText(text);
  if (!shared) bytes[sharedFlagAt] = 1;
  return bytes;
}

/** Reads what tooling/bytesAsText.mjs writes, which says why bytes are written so. */
export function bytesFromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let start = 253;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 40) {
      start = 253 + 86 * (code - 36);
    } else {
      bytes.push(start + code - (code < 92 ? 40 : 41));
      start = 253;
    }
  }
  // What is above 255 wraps around.
  return Uint8Array.from(bytes);
}
