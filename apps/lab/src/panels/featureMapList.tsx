/** The feature maps of a convolution, each with the range of its values. */
import { useMemo } from 'preact/hooks';
import { t } from '../messages/language.js';
import type { FeatureMaps } from '../protocol.js';
import { greyBetween } from './imageColors.js';
import { SquareImage } from './squareImage.js';

interface FeatureMapListProps {
  readonly featureMaps: FeatureMaps;
  /** Whether the least value of each map is black and its largest white, instead of 0 and 1. */
  readonly stretched: boolean;
}

export function FeatureMapList({ featureMaps: { layer, maps }, stretched }: FeatureMapListProps) {
  const title = t.value.firstLayers.maps(t.value.layers.names[layer], maps.length);
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul class={`maps ${layer}`}>
        {maps.map((values, index) => (
          <FeatureMap key={index} values={values} number={index + 1} stretched={stretched} />
        ))}
      </ul>
    </section>
  );
}

interface FeatureMapProps {
  readonly values: Float32Array;
  /** From 1 on. */
  readonly number: number;
  readonly stretched: boolean;
}

function FeatureMap({ values, number, stretched }: FeatureMapProps) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [black, white] = stretched ? [low, high] : [0, 1];
  const color = useMemo(() => greyBetween(black, white), [black, white]);
  const [least, largest] = [low.toFixed(2), high.toFixed(2)];
  return (
    <li>
      <SquareImage values={values} color={color} label={t.value.firstLayers.map(number, least, largest)} />
      <span class="note" aria-hidden="true">
        {least}–{largest}
      </span>
    </li>
  );
}
