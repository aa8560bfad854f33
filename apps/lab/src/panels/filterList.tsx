/** The filters of the first convolution: blue weights are negative, orange ones positive. */
import { useMemo } from 'preact/hooks';
import { t } from '../messages/language.js';
import { short } from '../messages/numbers.js';
import { type Color, diverging } from './imageColors.js';
import { SquareImage } from './squareImage.js';

interface FilterListProps {
  readonly filters: readonly Float32Array[];
}

export function FilterList({ filters }: FilterListProps) {
  const texts = t.value.firstLayers;
  const title = texts.filters(t.value.layers.names.conv1, filters.length);
  /** All filters have one scale. */
  const largest = Math.max(...filters.flatMap((weights) => [...weights].map(Math.abs)));
  const color = useMemo(() => diverging(largest), [largest]);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul class="maps conv1">
        {filters.map((weights, index) => (
          <li key={index}>
            <SquareImage
              values={weights}
              color={color}
              label={texts.filter(index + 1, short(Math.min(...weights)), short(Math.max(...weights)))}
            />
          </li>
        ))}
      </ul>
      <p class="filter-legend">
        <span>{short(-largest)}</span>
        <span class="filter-colors" style={{ background: gradient(color, largest) }} />
        <span>{short(largest)}</span>
      </p>
    </section>
  );
}

const gradient = (color: Color, largest: number): string =>
  `linear-gradient(to right, ${[-largest, 0, largest].map((value) => `rgb(${color(value).join()})`).join()})`;
