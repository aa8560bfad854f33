/** The curves of all runs over each other. */
import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { t } from '../messages/language.js';
import { type CurveName, curveColumns, curveKinds } from '../plots/curveData.js';
import { curveOptions, seriesNumbers, valueText } from '../plots/curveOptions.js';
import { Plot } from '../plots/plot.js';
import type { Reading } from '../plots/readout.js';
import { isLogarithmic, smoothing, zoom } from '../state/curveView.js';
import { runs } from '../state/page.js';
import type { RunRecord } from '../state/runRecord.js';
import { theme } from '../state/theme.js';
import { CurveControls } from './curveControls.js';
import { EpochTable } from './epochTable.js';
import { Panel } from './panel.js';
import { runName, runNames } from './runName.js';

/** In CSS pixels. */
const curveHeight = 220;
/** A test's value is read with the training's no further away, in epochs. */
const testReach = 0.5;

export const shownRuns = (): readonly RunRecord[] =>
  runs.value.filter(({ hidden, points, history }) => !hidden && points.length + history.length > 0);

export function CurvesPanel() {
  const { title, legend } = t.value.curves;
  const shown = shownRuns();
  return (
    <Panel id="curves" title={title} hint={legend}>
      <CurveControls shown={shown} />
      <div class="curve-plots">
        <Curves kind="loss" shown={shown} />
        <Curves kind="accuracy" shown={shown} />
        <Curves kind="speed" shown={shown} />
      </div>
      <EpochTable />
    </Panel>
  );
}

function Curves({ kind, shown }: { kind: CurveName; shown: readonly RunRecord[] }) {
  const texts = t.value.curves;
  const colors = shown.map(({ color }) => color);
  const logarithmic = kind === 'loss' && isLogarithmic.value;
  const key = `${theme.value} ${t.value.languageTag} ${colors.join()} ${logarithmic}`;
  // The key holds all that the options depend on.
  const options = useMemo(
    () =>
      curveOptions({
        kind,
        colors,
        logarithmic,
        epochsLabel: texts.epochs,
        runs: shownRuns,
        zoom: () => zoom.peek(),
      }),
    [key],
  );
  // Only what is drawn: the rest of a run's record changes more often. Another zoom is drawn from the same data.
  const data = useMemo(
    () => curveColumns(shown, curveKinds[kind], { smoothing: smoothing.value, logarithmic }),
    [
      ...shown.flatMap(({ points, history, swaps }) => [points, history, swaps]),
      smoothing.value,
      logarithmic,
      zoom.value,
    ],
  );
  return (
    <figure>
      <figcaption>{texts[kind]}</figcaption>
      {data[0].length === 0 ? (
        // As high as a curve, so that nothing moves when the first is drawn.
        <p class="empty no-curve" style={{ minHeight: `${curveHeight}px` }}>
          {texts.empty}
        </p>
      ) : (
        <Plot
          options={options}
          data={data as uPlot.AlignedData}
          height={curveHeight}
          label={describe(kind, shown)}
          read={(plot) => read(plot, kind, shown)}
          onZoom={(range) => {
            zoom.value = range;
          }}
        />
      )}
    </figure>
  );
}

/** Each run's value next to the cursor, and that of its test. */
function read(plot: uPlot, kind: CurveName, shown: readonly RunRecord[]): Reading | undefined {
  const { idx, idxs } = plot.cursor;
  if (idx === null || idx === undefined || !idxs) return undefined;
  const [xs, ...columns] = plot.data;
  const texts = t.peek().curves;
  const valueAt = (series: number, reach = Number.POSITIVE_INFINITY): string | undefined => {
    const index = idxs[series];
    const value = typeof index === 'number' ? columns[series - 1]![index] : undefined;
    const isNear = typeof index === 'number' && Math.abs(xs[index]! - xs[idx]!) <= reach;
    return typeof value === 'number' && isNear ? valueText[kind](value) : undefined;
  };
  const names = runNames(shown, t.peek());
  const lines = shown.flatMap(({ color }, number) => {
    const { train, test } = seriesNumbers(number);
    const values = [valueAt(train), texts.tested(valueAt(test, testReach))].filter(Boolean);
    return values.length === 0 ? [] : [{ value: values.join(t.peek().comma), name: names[number]!, color }];
  });
  return { heading: texts.at(xs[idx]!.toFixed(2)), lines };
}

function describe(kind: CurveName, shown: readonly RunRecord[]): string {
  const { curves } = t.value;
  const values = shown.flatMap((run) => {
    const last = run.points.at(-1);
    if (last === undefined) return [];
    return [curves.last(runName(run, t.value), valueText[kind](curveKinds[kind].point(last)))];
  });
  return curves.describe(curves[kind], values.join('; ') || curves.empty);
}
