/** A run's line as its curves have it: by colour and by dashes. */
import { runDash } from './colors.js';

/** In CSS pixels: two rounds of the longest dashes. */
const width = 46;
const height = 4;

export function RunSwatch({ color }: { color: number }) {
  return (
    <svg class="run-swatch" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <line
        x2={width}
        y1={height / 2}
        y2={height / 2}
        stroke={`var(--run-${color})`}
        stroke-width="3"
        stroke-dasharray={runDash(color).join(' ')}
      />
    </svg>
  );
}
