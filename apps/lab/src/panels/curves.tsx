/** The curves of all runs over each other. */
import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { t } from '../messages/language.js';
import { lossText, percent, short, whole } from '../messages/numbers.js';
import { widthOfLabels } from '../plots/axisWidth.js';
import { axisStyle, runColor } from '../plots/colors.js';
import { curveColumns, curveKinds } from '../plots/curveData.js';
import { Plot } from '../plots/plot.js';
import { swapMarks } from '../plots/swapMarks.js';
import { runs } from '../state/page.js';
import type { RunRecord } from '../state/runRecord.js';
import { theme } from '../state/theme.js';
import { EpochTable } from './epochTable.js';
import { Panel } from './panel.js';
import { runName } from './runName.js';

/** In CSS pixels. */
const curveHeight = 220;

type Kind = keyof typeof curveKinds;

const valueText: Record<Kind, (value: number) => string> = {
  loss: lossText,
  accuracy: (value) => percent(value, 0),
  speed: whole,
};

const tickText: Record<Kind, (value: number) => string> = { ...valueText, loss: short };

const shownRuns = (): readonly RunRecord[] =>
  runs.value.filter(({ hidden, points, history }) => !hidden && points.length + history.length > 0);

export function CurvesPanel() {
  const { title, legend } = t.value.curves;
  const shown = shownRuns();
  return (
    <Panel id="curves" title={title} hint={legend}>
      <div class="curve-plots">
        <Curves kind="loss" shown={shown} />
        <Curves kind="accuracy" shown={shown} />
        <Curves kind="speed" shown={shown} />
      </div>
      <EpochTable />
    </Panel>
  );
}

function Curves({ kind, shown }: { kind: Kind; shown: readonly RunRecord[] }) {
  const texts = t.value.curves;
  const colors = shown.map(({ color }) => color);
  const key = `${theme.value} ${t.value.languageTag} ${colors.join()}`;
  // The key holds all that the options depend on.
  const options = useMemo(() => optionsOf(kind, colors), [key]);
  const data = curveColumns(shown, curveKinds[kind]);
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
        />
      )}
    </figure>
  );
}

/** A line for training, dots for the test, for each run. */
function optionsOf(kind: Kind, colors: readonly number[]): Omit<uPlot.Options, 'width' | 'height'> {
  const style = axisStyle();
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: (_plot, _low, high) => [0, high || 1] }, y: { range: rangeOf(kind) } },
    axes: [
      { ...style, label: t.value.curves.epochs, labelSize: 18, labelFont: style.font, size: 34 },
      {
        ...style,
        size: widthOfLabels(58),
        values: (_plot, values) => values.map(tickText[kind]),
        // Between two whole numbers there would be labels that say the same.
        ...(kind === 'speed' && { incrs: wholeSteps }),
      },
    ],
    series: [
      {},
      ...colors.flatMap((color): uPlot.Series[] => {
        const stroke = runColor(color);
        return [
          { stroke, width: 1.5, spanGaps: true, points: { show: false } },
          { stroke, width: 0, spanGaps: true, points: { show: true, size: 7, fill: stroke } },
        ];
      }),
    ],
    plugins: [swapMarks(shownRuns)],
  };
}

/** 1, 2, 5, 10, ...: steps from one label to the next. */
const wholeSteps = Array.from(
  { length: 30 },
  (_, power) => [1, 2, 5][power % 3]! * 10 ** Math.floor(power / 3),
);

/** Accuracies run to 1, the others from 0 as far as they go. */
const rangeOf =
  (kind: Kind): uPlot.Range.Function =>
  (_plot, _low, high) =>
    kind === 'accuracy' ? [0, 1] : [0, (high || 1) * 1.05];

function describe(kind: Kind, shown: readonly RunRecord[]): string {
  const { curves } = t.value;
  const values = shown.flatMap((run) => {
    const last = run.points.at(-1);
    if (last === undefined) return [];
    return [curves.last(runName(run, t.value), valueText[kind](curveKinds[kind].point(last)))];
  });
  return curves.describe(curves[kind], values.join('; ') || curves.empty);
}
