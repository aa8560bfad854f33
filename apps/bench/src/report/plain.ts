/**
 * Strings of a result file may come from strangers. Characters that a terminal obeys, that break lines, or that turn the
 * direction of writing are shown by their number, so that text is nothing but text wherever it is written.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export const plain = (text: string): string =>
  text.replace(unprintable, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
