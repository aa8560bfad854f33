/** GLSL for element-wise passes: sample and channel of the lanes of a texel, and their statistics and parameters. */

import type { ElementVariant, Positions, StatisticOf } from '../layouts/elementLayout.js';
import { firstRow, type Parameter, pairs, quotient, statisticTexels } from './addressing.js';

/**
 * Defines int sample0 .. and channel0 .., by lane, of texel t, which is number `column` of row `line` of texels; and where two
 * channels share a texel, their number as a pair. The compiler drops what is not used.
 */
const positionsOf: Record<Positions, string> = {
  planes: `
  int unit = quotient(t, unitTexels);
  int sample0 = quotient(unit, channelCount);
  int channel0 = unit - sample0 * channelCount;`,
  channelRows: `
  int sample0 = quotient(line, texelRows);
  int sample2 = sample0;
  int channelPair = line - sample0 * texelRows;
  int channel0 = 2 * channelPair;
  int channel2 = channel0 + 1;`,
  columns: `
  int sample0 = quotient(line, sampleLines);
  int sample1 = sample0;
  int channelPair = column;
  int channel0 = 2 * channelPair;
  int channel1 = channel0 + 1;`,
  rows: `
  int sample0 = rowOf(line);
  int sample1 = sample0, sample2 = sample0 + 1, sample3 = sample2;
  int channelPair = column;
  int channel0 = 2 * channelPair;
  int channel1 = channel0 + 1, channel2 = channel0, channel3 = channel1;`,
  elements: `
  int element0 = elementOf(t);
  int element1 = element0 + 1, element2 = element0 + columns, element3 = element2 + 1;
  ${[0, 1, 2, 3]
    .map(
      (lane) => `
  int sample${lane} = quotient(element${lane}, channelCount);
  int channel${lane} = element${lane} - sample${lane} * channelCount;`,
    )
    .join('')}`,
};

const statisticOfLane: Record<StatisticOf, (lane: number) => string> = {
  channel: (lane) => `channel${lane}`,
  sample: (lane) => `sample${lane}`,
  unit: (lane) => `sample${lane} * channelCount + channel${lane}`,
  group: (lane) => `quotient(sample${lane} * channelCount + channel${lane}, channelsPerGroup)`,
};

/** Which lanes of a texel differ in something: those that are looked up, and for each lane which of them it has. */
interface LaneGroups {
  readonly looked: readonly number[];
  readonly has: readonly number[];
}

const one: LaneGroups = { looked: [0], has: [0, 0, 0, 0] };
const byColumn: LaneGroups = { looked: [0, 1], has: [0, 1, 0, 1] };
const byRow: LaneGroups = { looked: [0, 2], has: [0, 0, 2, 2] };
const each: LaneGroups = { looked: [0, 1, 2, 3], has: [0, 1, 2, 3] };

const parameterLanes: Record<Positions, LaneGroups> = {
  planes: one,
  channelRows: byRow,
  columns: byColumn,
  rows: byColumn,
  elements: each,
};

function statisticLanes({ positions, statisticOf }: ElementVariant): LaneGroups {
  const samples = { planes: one, channelRows: one, columns: one, rows: byRow, elements: each };
  if (statisticOf === 'sample') return samples[positions];
  return positions === 'rows' ? each : parameterLanes[positions];
}

/** Declares what `lookUp` uses. */
export const positions = ({ rowsInOrder, many }: ElementVariant): string => `
${quotient(many)}
${firstRow(rowsInOrder)}
uniform int channelCount;
uniform int channelsPerGroup;
uniform int unitTexels;
uniform int sampleLines;
${statisticTexels}
`;

/** Finds channels and statistics of texel t. */
export const lookUp = (variant: ElementVariant): string => `
  ${
    variant.aligned
      ? 'int line = int(gl_FragCoord.y), column = int(gl_FragCoord.x);'
      : 'int line = quotient(t, texelColumns), column = t - line * texelColumns;'
  }
  ${positionsOf[variant.positions]}
  ${statisticsOfLanes(variant)}
`;

function statisticsOfLanes(variant: ElementVariant): string {
  const { looked } = statisticLanes(variant);
  const number = statisticOfLane[variant.statisticOf];
  if (areNeighbours(variant)) {
    const [even, odd] = looked.map((lane) => `statistic${lane}`);
    return `vec4 ${even}, ${odd}; statisticTexels(${number(looked[0]!)}, ${even}, ${odd});`;
  }
  return looked.map((lane) => `vec4 statistic${lane} = statisticTexel(${number(lane)});`).join('\n  ');
}

/** Whether a texel has two statistics, an even one and the next. */
function areNeighbours({ positions, statisticOf, rowsInOrder }: ElementVariant): boolean {
  if (positions === 'rows') return statisticOf === 'sample' && rowsInOrder;
  return statisticOf === 'channel' && (positions === 'columns' || positions === 'channelRows');
}

/** One component of the statistics that `lookUp` has found, by lane. */
export const statistics = (variant: ElementVariant, component: 'x' | 'y' | 'z' | 'w'): string =>
  perLane(statisticLanes(variant), (lane) => `statistic${lane}.${component}`);

/** A vector of parameters of the channels that `lookUp` has found, by lane. */
export function parameters(name: string, { positions }: ElementVariant): string {
  const lanes = parameterLanes[positions];
  // Lanes that differ by column, or by row, have neighbours, of which the first is an even channel.
  if (lanes.looked.length === 2) return `${name}Pair(channelPair).${lanes.has.map((i) => 'xyy'[i]).join('')}`;
  return perLane(lanes, (lane) => `${name}Of(channel${lane})`);
}

const perLane = ({ looked, has }: LaneGroups, value: (lane: number) => string): string =>
  looked.length === 1 ? `vec4(${value(0)})` : `vec4(${has.map(value).join(', ')})`;

/**
 * Sets the lanes of a texel that are beyond the tensor to 0, after `lookUp`. tfjs counts on it: its product of matrices sums over
 * whole texels, so that two tensors with other numbers there would have a wrong product.
 */
export const clearBeyond = (texel: string, { ragged }: ElementVariant): string =>
  ragged
    ? `bool right = 2 * column + 1 < columns, below = 2 * (line % texelRows) + 1 < rows;
  ${texel} = mix(vec4(0.0), ${texel}, bvec4(true, right, below, right && below));`
    : '';

/** Declares a vector of parameters, if there is one. */
export const parameter = (name: string, given: Parameter): string =>
  given === 'none'
    ? ''
    : `
${pairs(name, given)}
float ${name}Of(int channel) {
  vec2 pair = ${name}Pair(channel >> 1);
  return (channel & 1) == 0 ? pair.x : pair.y;
}
`;
