/** The lines that the two programs and the page here print. JSON has no NaN and no infinity: numbers are written as text. */
import type { Backend } from '../fault.js';
import type { Outcome } from './evaluate.js';

export interface Line {
  /** Place in the list of faults. */
  readonly fault: number;
  readonly backend: Backend;
  readonly alone?: Outcome;
  readonly mended?: Outcome;
}

export const print = (line: Line): void =>
  console.log(JSON.stringify(line, (_, value) => (typeof value === 'number' ? String(value) : value)));

export const parse = (text: string): Line =>
  JSON.parse(text, (key, value) => (key === 'fault' || /^\d+$/.test(key) ? Number(value) : value));
