/** Counts in texts: commas between the thousands, and the noun in its number. */

export const counted = (count: number): string => count.toLocaleString('en');

export const plural = (count: number, noun: string): string =>
  `${counted(count)} ${noun}${count === 1 ? '' : 's'}`;
