/** What goes into each activation, and what each normalization has learnt. */
import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../messages/language.js';
import { percent, short, whole } from '../messages/numbers.js';
import { widthOfLabels } from '../plots/axisWidth.js';
import { axisStyle, cssColor } from '../plots/colors.js';
import { Plot } from '../plots/plot.js';
import type { Reading } from '../plots/readout.js';
import { sigmoidCurves } from '../plots/sigmoidCurves.js';
import type { LayerDistribution } from '../protocol.js';
import { layers } from '../state/page.js';
import { theme } from '../state/theme.js';
import { Panel } from './panel.js';

/** The per-channel values in the order they are shown, by their PyTorch names. */
const valueNames = ['weight', 'bias', 'running_mean', 'running_var'] as const;

export function LayersPanel() {
  const { title, hint, empty } = t.value.layers;
  return (
    <Panel id="layers" title={title} hint={hint}>
      {layers.value === undefined ? (
        <p class="empty">{empty}</p>
      ) : (
        <div class="layers">
          {layers.value.map((layer) => (
            <Layer key={layer.layer} layer={layer} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Layer({ layer }: { layer: LayerDistribution }) {
  const texts = t.value.layers;
  const name = texts.names[layer.layer];
  const moments = texts.moments(short(layer.mean), short(layer.deviation));
  const saturated = texts.saturated(percent(layer.saturated, 0));
  const values = valueNames.filter((key) => layer.norm[key] !== undefined);
  return (
    <article class="layer">
      <h3>{name}</h3>
      <Bars
        values={histogram(layer)}
        read={(bin) => ({
          heading: texts.inputs(short(edgeOf(layer, bin)), short(edgeOf(layer, bin + 1))),
          lines: [{ value: texts.count(whole(layer.counts[bin]!)) }],
        })}
        label={texts.histogram(name, moments, saturated)}
        height={120}
      />
      <p class="note">
        {moments}
        {t.value.comma}
        <strong>{saturated}</strong>
      </p>
      {values.length === 0 && <p class="empty">{texts.noNorm}</p>}
      <div class="channels">
        {values.map((key) => (
          <Channels key={key} name={texts.values[key]} values={layer.norm[key]!} />
        ))}
      </div>
    </article>
  );
}

function Channels({ name, values }: { name: string; values: Float32Array }) {
  const low = short(Math.min(...values));
  const high = short(Math.max(...values));
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <Bars
        values={[Array.from(values.keys()), Array.from(values)]}
        read={(channel) => ({
          heading: t.peek().layers.channel(channel + 1),
          lines: [{ value: short(values[channel]!) }],
        })}
        label={t.value.layers.perChannel(name, values.length, low, high)}
        height={76}
        small
      />
    </figure>
  );
}

/** The middle of each bin, and how many values are in it. */
const histogram = (layer: LayerDistribution): [number[], number[]] => [
  layer.counts.map((_, bin) => edgeOf(layer, bin + 0.5)),
  [...layer.counts],
];

/** Where a bin begins. */
const edgeOf = ({ low, high, counts }: LayerDistribution, bin: number): number =>
  low + bin * ((high - low) / counts.length || 1);

interface BarsProps {
  readonly values: [number[], number[]];
  /** What a bar is, by its place, and its value in words. */
  readonly read: (bar: number) => Reading;
  readonly label: string;
  readonly height: number;
  /** Without an axis below. */
  readonly small?: boolean;
}

function Bars({ values, read, label, height, small = false }: BarsProps) {
  // The options read the theme's colours.
  const options = useMemo(() => optionsOf(small), [small, theme.value]);
  return (
    <Plot
      options={options}
      data={values}
      height={height}
      label={label}
      read={({ cursor: { idx } }) => (typeof idx === 'number' ? read(idx) : undefined)}
    />
  );
}

function optionsOf(small: boolean): Omit<uPlot.Options, 'width' | 'height'> {
  const style = axisStyle();
  const fill = cssColor(small ? '--channel' : '--accent');
  return {
    // Labels at either end of the axis below reach beyond it.
    padding: small ? [6, 6, 4, 0] : [6, null, 0, null],
    scales: {
      x: { time: false, ...(!small && { range: aroundZero }) },
      // Bars stand on 0.
      y: {
        range: (_plot, low, high) =>
          low === 0 && high === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)],
      },
    },
    axes: [
      { ...style, show: !small, size: 26, grid: { show: false } },
      small
        ? { ...style, size: widthOfLabels(44), space: 22, values: (_plot, ticks) => ticks.map(short) }
        : { ...style, show: false },
    ],
    plugins: small ? [] : [sigmoidCurves],
    series: [
      {},
      {
        fill,
        stroke: fill,
        width: 0,
        paths: uPlot.paths.bars!({ size: [0.9, 20, 2] }),
        points: { show: false },
      },
    ],
  };
}

/** As far as the sigmoid bends, at least. */
const aroundZero = (_plot: uPlot, low: number, high: number): [number, number] => [
  Math.min(-6, low),
  Math.max(6, high),
];
