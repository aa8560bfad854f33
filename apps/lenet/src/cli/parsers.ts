/** Parsers of the command line's values: each error says what was wanted; commander says what was got. */
import { InvalidArgumentError } from 'commander';
import { isInRange, type Range, rangeText } from '../differences.js';

/** A parser of numbers in a range; whole ones are written in digits alone. */
export function number(range: Range) {
  return (text: string): number => {
    const isNumber = range.whole ? /^\d+$/.test(text) : text.trim() !== '';
    const value = isNumber ? Number(text) : Number.NaN;
    if (!isInRange(value, range)) {
      throw new InvalidArgumentError(`Expected ${rangeText(range)}${range.whole ? '' : ' such as 0.9'}.`);
    }
    return value;
  };
}

/** A parser of whole numbers from `minimum` to `maximum`. */
export const wholeNumber = (minimum: number, maximum: number) => number({ whole: true, minimum, maximum });

/** As many as `useThreads` of @bn/wasm takes. */
export const threads = (text: string): number | 'auto' => (text === 'auto' ? text : someThreads(text));

function someThreads(text: string): number {
  try {
    return wholeNumber(1, 64)(text);
  } catch {
    throw new InvalidArgumentError('Expected a whole number from 1 to 64, or auto.');
  }
}

export function runName(text: string): string {
  if (!/^[\w][\w.+-]*$/.test(text)) {
    throw new InvalidArgumentError(
      "Expected a folder's name of letters, digits and . _ + - that begins with a letter or digit; " +
        '--out names its parent folder.',
    );
  }
  return text;
}

export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path, got nothing.');
  return text;
}

export function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('Expected an http or https URL of the folder that holds the four files.');
  }
  return text.replace(/\/+$/, '');
}

/** A parser of several values, separated by commas, each as `parse` has it and none twice. */
export function list<Value>(parse: (text: string) => Value) {
  return (text: string): readonly Value[] => {
    const values = text.split(',').map((item) => parse(item.trim()));
    if (new Set(values).size < values.length) throw new InvalidArgumentError('Expected no value twice.');
    return values;
  };
}

/** A parser of one of several words. */
export function oneOf<Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidArgumentError(`Expected some of ${words.join(', ')}.`);
    return word;
  };
}
