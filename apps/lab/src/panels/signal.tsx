/** Why a network learns or does not: how far images still differ in each layer, and how much gradient comes back to it. */
import { type WeightedLayer, weightedLayers } from '@bn/lenet';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { t } from '../messages/language.js';
import { epochsText, short } from '../messages/numbers.js';
import {
  columnsByLayer,
  columnsByTime,
  type MeasuredKind,
  type Moment,
  measuredAt,
  measuredKinds,
  moments,
} from '../plots/measuredData.js';
import { runs } from '../state/page.js';
import type { RunRecord } from '../state/runRecord.js';
import { LogPlot, logPlotHeight } from './logPlot.js';
import { MeasurementTable } from './measurementTable.js';
import { Panel } from './panel.js';
import { RunLegend } from './runLegend.js';
import { runName } from './runName.js';

const kinds = Object.keys(measuredKinds) as MeasuredKind[];

export function SignalPanel() {
  const texts = t.value.signal;
  const moment = useSignal<Moment>('start');
  const layer = useSignal<WeightedLayer>('conv1');
  const shown = runs.value.filter(({ hidden, measured = [] }) => !hidden && measured.length > 0);
  return (
    <Panel id="signal" title={texts.title} hint={texts.hint}>
      {shown.length === 0 ? (
        <p class="empty">{texts.empty}</p>
      ) : (
        <>
          <div class="plot-choices">
            <label>
              {texts.moment}
              <select
                value={moment.value}
                onChange={({ currentTarget }) => {
                  moment.value = currentTarget.value as Moment;
                }}
              >
                {moments.map((name) => (
                  <option key={name} value={name}>
                    {texts.moments[name]}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {texts.layer}
              <select
                value={layer.value}
                onChange={({ currentTarget }) => {
                  layer.value = currentTarget.value as WeightedLayer;
                }}
              >
                {weightedLayers.map((name) => (
                  <option key={name} value={name}>
                    {texts.layers[name]}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <RunLegend shown={shown} />
          <div class="signal-plots">
            {kinds.map((kind) => (
              <ByLayer key={`${kind} layers`} kind={kind} moment={moment.value} shown={shown} />
            ))}
            {kinds.map((kind) => (
              <ByTime key={`${kind} time`} kind={kind} layer={layer.value} shown={shown} />
            ))}
          </div>
          <MeasurementTable shown={shown} moment={moment.value} />
        </>
      )}
    </Panel>
  );
}

interface ByLayerProps {
  readonly kind: MeasuredKind;
  readonly moment: Moment;
  readonly shown: readonly RunRecord[];
}

function ByLayer({ kind, moment, shown }: ByLayerProps) {
  const texts = t.value.signal;
  const { layers, value } = measuredKinds[kind];
  const described = shown.flatMap((run) => {
    const point = measuredAt(run, moment);
    if (point === undefined) return [];
    return [
      texts.values(runName(run, t.value), layers.map((layer) => short(value(point, layer))).join(', ')),
    ];
  });
  const names = layers.map((layer) => texts.layers[layer]);
  const points = shown.map((run) => measuredAt(run, moment));
  const data = useMemo(() => columnsByLayer(shown, kind, moment), [...points, kind, moment]);
  return (
    <LogPlot
      title={texts.byLayer(texts[kind], texts.moments[moment])}
      data={data}
      shown={shown}
      described={described}
      axis={{ splits: () => [...names.keys()], values: () => names }}
      heading={(place) => names[place]!}
      range={[-0.4, names.length - 0.6]}
    />
  );
}

interface ByTimeProps {
  readonly kind: MeasuredKind;
  readonly layer: WeightedLayer;
  readonly shown: readonly RunRecord[];
}

function ByTime({ kind, layer, shown }: ByTimeProps) {
  const texts = t.value.signal;
  const { layers, value } = measuredKinds[kind];
  const title = texts.byTime(texts[kind], texts.layers[layer]);
  const data = useMemo(
    () => columnsByTime(shown, kind, layer),
    [...shown.map(({ measured }) => measured), kind, layer],
  );
  if (!(layers as readonly WeightedLayer[]).includes(layer)) {
    return (
      <figure>
        <figcaption>{title}</figcaption>
        <p class="empty no-curve" style={{ minHeight: `${logPlotHeight}px` }}>
          {texts.noActivation}
        </p>
      </figure>
    );
  }
  const described = shown.map((run) =>
    texts.values(runName(run, t.value), short(value(measuredAt(run, 'now')!, layer))),
  );
  return (
    <LogPlot
      title={title}
      data={data}
      shown={shown}
      described={described}
      axis={{ label: t.value.curves.epochs, labelSize: 18, size: 34 }}
      heading={(at) => t.peek().curves.at(epochsText(at))}
    />
  );
}
