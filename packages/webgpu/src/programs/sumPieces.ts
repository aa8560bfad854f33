/**
 * Sums of each piece: sum(dy) and sum(dy * xhat), xhat = (x - mean) * rstd, rstd = 1 / sqrt(variance + epsilon); dy is weighted
 * by gamma if each element has its own. Reads dy and x once; writes one record for each piece.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, type TaskBuffer, WORKGROUP, writes } from '../device/task.js';
import type { Grid } from '../layouts/grid.js';
import type { Columns, Segments } from '../layouts/layout.js';
import { plus } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';
import { at, blocks, pairwise, piece, position } from '../wgsl/walk.js';
import { lanes } from './momentPieces.js';

export interface SumInputs {
  readonly dy: tf.TensorInfo;
  readonly x: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
  readonly gamma: tf.TensorInfo | undefined;
  readonly epsilon: number;
}

const buffersOf = ({ dy, x, mean, variance }: SumInputs): Record<string, TaskBuffer> => ({
  dy: reads(dy, 'elements'),
  x: reads(x, 'elements'),
  mean: reads(mean, 'floats'),
  variance: reads(variance, 'floats'),
});

/** Sums of the units of segments. */
export function sumUnits(layout: Segments, grid: Grid, inputs: SumInputs, records: tf.TensorInfo): Task {
  const weighted = layout.ownParameters && inputs.gamma !== undefined;
  return {
    name: 'sumUnits',
    variant: `${layout.team} ${weighted}`,
    snippets: () => [plus, together('summedTeam', 'vec2<f32>', 'plus', layout.team)],
    text: () => unitsText(layout, weighted),
    buffers: {
      ...buffersOf(inputs),
      ...(weighted ? { gamma: reads(inputs.gamma!, 'elements') } : {}),
      sumRecords: writes(records, 'records'),
    },
    sizes: {
      counts: {
        ...grid.counts,
        channels: layout.channels,
        groups: layout.groups,
        statisticUnits: layout.statisticUnits,
      },
      factors: { epsilon: inputs.epsilon },
    },
    workgroups: grid.workgroups,
  };
}

/** Text that adds to a sum and keeps what rounding takes from it (Kahan), to be added with the next value. */
const added = (sum: string, value: string): string => `{
        let value = ${value} - ${sum}Excess;
        let next = ${sum} + value;
        ${sum}Excess = (next - ${sum}) - value;
        ${sum} = next;
      }`;

/** Adds what a block of eight steps, or a single step, has to `sumDy` and `sumDyOff`; `off` is x - mean. */
const gatheredSums = (
  layout: Segments | Columns,
  dy: (k: number) => string,
  off: (k: number) => string,
): string =>
  blocks(
    layout,
    (k) => `let dy${k} = ${dy(k)}; let off${k} = dy${k} * ${off(k)};`,
    `${added(
      'sumDy',
      pairwise((k) => `dy${k}`),
    )}
      ${added(
        'sumDyOff',
        pairwise((k) => `off${k}`),
      )}`,
    `${added('sumDy', 'dy0')}
      ${added('sumDyOff', 'off0')}`,
  );

const unitsText = (layout: Segments, weighted: boolean): string => `
fn sumUnits(workgroup: u32, thread: u32) {${piece(layout)}
  let statistic = min(unit, sizes.units - 1u) / sizes.statisticUnits;
  let center = mean[statistic];
  let rstd = 1.0 / sqrt(variance[statistic] + sizes.epsilon);
  ${weighted ? 'let parameters = (unit % sizes.groups) * sizes.runLength;' : ''}
  var sumDy = F(0.0);
  var sumDyExcess = F(0.0);
  var sumDyOff = F(0.0);
  var sumDyOffExcess = F(0.0);
  ${gatheredSums(
    layout,
    (k) => `dy[${at(layout, k)}]${weighted ? ` * gamma[parameters + ${position(layout, k)}]` : ''}`,
    (k) => `(x[${at(layout, k)}] - center)`,
  )}
  let total = summedTeam(thread, vec2<f32>(${totalOf(layout.vector, 'sumDy')}, ${totalOf(layout.vector, 'sumDyOff')}));
  if (lane == 0u && exists) { sumRecords[piece] = vec4<f32>(center, rstd, total.x, total.y * rstd); }
}
`;

const totalOf = (vector: boolean, name: string): string =>
  vector ? `((${name}.x + ${name}.y) + (${name}.z + ${name}.w))` : name;

/**
 * Sums of columns. `statisticOfRow`: each row has its own statistics (the channels of layer normalization), and the records'
 * mean and rstd are 0.
 */
export function sumColumns(
  layout: Columns,
  grid: Grid,
  inputs: SumInputs,
  records: tf.TensorInfo,
  { statisticOfRow }: { statisticOfRow: boolean },
): Task {
  const name = statisticOfRow ? 'channelRecords' : 'sumRecords';
  // The units of the same dispatch have sizes of the same names.
  const prefix = statisticOfRow ? 'channel_' : '';
  return {
    name: 'sumColumns',
    variant: `${layout.width} ${statisticOfRow} ${layout.groups === 1}`,
    snippets: () => [],
    text: () => columnsText(layout, statisticOfRow, name).replaceAll('sizes.', `sizes.${prefix}`),
    buffers: { ...buffersOf(inputs), [name]: writes(records, 'records') },
    sizes: {
      counts: prefixed(prefix, {
        ...grid.counts,
        channels: layout.channels,
        groups: layout.groups,
        groupChannels: layout.channels / layout.groups,
      }),
      factors: prefixed(prefix, { epsilon: inputs.epsilon }),
    },
    workgroups: grid.workgroups,
  };
}

const prefixed = (prefix: string, values: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]));

function columnsText(layout: Columns, statisticOfRow: boolean, records: string): string {
  const { vector, width } = layout;
  const perLane = (text: (k: number) => string): string =>
    vector ? `vec4<f32>(${[0, 1, 2, 3].map(text).join(', ')})` : text(0);
  const channel = (k: number) => `(min(column, sizes.columns - 1u) * LANES + ${k}u) / sizes.groupChannels`;
  const group = Array.from({ length: vector ? 4 : 1 }, (_, k) => `let group${k} = ${channel(k)};`).join(
    '\n  ',
  );
  const ofRow = (name: string, step: number) =>
    layout.groups === 1
      ? `${name}[${position(layout, step)}]`
      : perLane((k) => `${name}[(${position(layout, step)}) * sizes.groups + group${k}]`);
  const off = (step: number): string =>
    statisticOfRow
      ? `((x[${at(layout, step)}] - ${ofRow('mean', step)}) * (1.0 / sqrt(${ofRow('variance', step)} + sizes.epsilon)))`
      : `(x[${at(layout, step)}] - center)`;
  return `
var<workgroup> rowSums: array<array<F, 2>, ${WORKGROUP}>;
fn sumColumns(workgroup: u32, thread: u32) {${piece(layout)}
  ${group}
  ${
    statisticOfRow
      ? ''
      : `let statistics = batch * sizes.groups;
  let center = ${perLane((k) => `mean[statistics + group${k}]`)};
  let rstd = 1.0 / sqrt(${perLane((k) => `variance[statistics + group${k}]`)} + sizes.epsilon);`
  }
  var sumDy = F(0.0);
  var sumDyExcess = F(0.0);
  var sumDyOff = F(0.0);
  var sumDyOffExcess = F(0.0);
  ${gatheredSums(layout, (k) => `dy[${at(layout, k)}]`, off)}
  rowSums[thread] = array<F, 2>(sumDy, sumDyOff);
  workgroupBarrier();
  if (rowLane > 0u || !exists) { return; }
  for (var k = ${width}u; k < ${WORKGROUP}u; k += ${width}u) {
    sumDy += rowSums[thread + k][0];
    sumDyOff += rowSums[thread + k][1];
  }
  let first = piece * sizes.channels + column * LANES;
  ${lanes(vector, (lane, k) =>
    statisticOfRow
      ? `${records}[first + ${k}u] = vec4<f32>(0.0, 0.0, sumDy${lane}, sumDyOff${lane});`
      : `${records}[first + ${k}u] = vec4<f32>(center${lane}, rstd${lane}, sumDy${lane}, sumDyOff${lane} * rstd${lane});`,
  )}
}
`;
}
