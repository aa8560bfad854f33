/** The values at a place of a plot, in a box below it. */
import type uPlot from 'uplot';
import { RunSwatch } from './runSwatch.js';

/** What a plot shows at one place. */
export interface Reading {
  readonly heading: string;
  readonly lines: readonly {
    readonly value: string;
    /** Whose it is, if there are several. */
    readonly name?: string;
    /** Its number in the palette. */
    readonly color?: number;
  }[];
}

/** Tells what a plot shows at the place of its cursor; undefined if nothing is there. */
export type Read = (plot: uPlot) => Reading | undefined;

export function Readout({ reading }: { reading: Reading | undefined }) {
  if (reading === undefined) return null;
  const { heading, lines } = reading;
  return (
    <div class="readout">
      <strong>{heading}</strong>
      {lines.map(({ value, name, color }) => (
        <span key={name} class="readout-line">
          {color !== undefined && <RunSwatch color={color} />}
          <span>{value}</span>
          {name && <span class="readout-name">{name}</span>}
        </span>
      ))}
    </div>
  );
}

export const readingText = ({ heading, lines }: Reading): string =>
  [heading, ...lines.map(({ value, name }) => (name ? `${name}: ${value}` : value))].join('; ');
