/** A plot with a line for each run on a logarithmic axis. */
import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { t } from '../messages/language.js';
import { short } from '../messages/numbers.js';
import { widthOfLabels } from '../plots/axisWidth.js';
import { axisStyle, canvasDash, runColor } from '../plots/colors.js';
import { logScale, powersOfTen } from '../plots/logAxis.js';
import { nearestKnown } from '../plots/nearest.js';
import { Plot } from '../plots/plot.js';
import type { Reading } from '../plots/readout.js';
import type { RunRecord } from '../state/runRecord.js';
import { theme } from '../state/theme.js';
import { runNames } from './runName.js';

/** In CSS pixels. */
export const logPlotHeight = 200;

interface LogPlotProps {
  readonly title: string;
  readonly data: readonly (readonly (number | null)[])[];
  readonly shown: readonly RunRecord[];
  readonly described: readonly string[];
  readonly axis: uPlot.Axis;
  /** What a place on the axis below is called. */
  readonly heading: (place: number) => string;
  /** Of the axis below; as far as the values go if left out. */
  readonly range?: [number, number];
}

/** A line with a dot at each value for each run. */
export function LogPlot({ title, data, shown, described, axis, range, heading }: LogPlotProps) {
  const colors = shown.map(({ color }) => color);
  // The key holds all that the options depend on.
  const options = useMemo((): Omit<uPlot.Options, 'width' | 'height'> => {
    const style = axisStyle();
    return {
      scales: {
        x: { time: false, range: range ?? ((_plot, _low, high) => [0, high || 1]) },
        y: logScale,
      },
      axes: [
        { size: 26, labelFont: style.font, ...style, ...axis },
        {
          ...style,
          size: widthOfLabels(58),
          splits: powersOfTen,
          filter: (_plot, splits) => splits,
          values: (_plot, values) => values.map(short),
        },
      ],
      series: [
        {},
        ...colors.map((color): uPlot.Series => {
          const stroke = runColor(color);
          return {
            ...{ stroke, dash: canvasDash(color), width: 1.5, spanGaps: true },
            points: { show: true, size: 6, fill: stroke },
          };
        }),
      ],
    };
  }, [`${theme.value} ${title} ${colors.join()}`]);
  const reading = (index: number): Reading => {
    const names = runNames(shown, t.peek());
    const lines = shown.flatMap(({ color }, number) => {
      const column = data[number + 1]!;
      const known = nearestKnown(column, index);
      if (known === null) return [];
      return [{ value: short(column[known]!), name: names[number]!, color }];
    });
    return { heading: heading(data[0]![index]!), lines };
  };
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <Plot
        options={options}
        data={data as uPlot.AlignedData}
        height={logPlotHeight}
        label={`${title}. ${described.join('; ')}`}
        read={({ cursor: { idx } }) => (typeof idx === 'number' ? reading(idx) : undefined)}
      />
    </figure>
  );
}
