/**
 * dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m), xhat = (x - mean) * rstd; without the sumDy term if the view is
 * not centered. Reads dy and x once, writes dx once.
 *
 * The statistic's mean, rstd and sums are given, or merged from the records of pieces by every workgroup that needs them. x - mean
 * is taken first: with the mean in a constant term, a large offset would cancel.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, type TaskBuffer, WORKGROUP, writes } from '../device/task.js';
import type { Grid } from '../layouts/grid.js';
import type { Columns, Layout, Segments } from '../layouts/layout.js';
import { plus, recordCounts, recordsOf, summedRecords } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';
import { at, eachStep, piece, position } from '../wgsl/walk.js';
import { gammaOf } from './mergeSums.js';
import { sharedLanes } from './normalize.js';

/** Mean, rstd and sums of statistics: tensors, or records of so many pieces. */
export type SumSource =
  | {
      readonly mean: tf.TensorInfo;
      readonly variance: tf.TensorInfo;
      readonly sumDy: tf.TensorInfo;
      readonly sumDyXhat: tf.TensorInfo;
    }
  | { readonly records: tf.TensorInfo; readonly pieces: number };

export interface GradientInputs {
  readonly dy: tf.TensorInfo;
  readonly x: tf.TensorInfo;
  readonly gamma: tf.TensorInfo | undefined;
  readonly epsilon: number;
  /** Elements of a statistic. */
  readonly elements: number;
  readonly centered: boolean;
}

export function inputGradient(
  layout: Layout,
  grid: Grid,
  { dy, x, gamma, epsilon, elements, centered }: GradientInputs,
  source: SumSource,
  dx: tf.TensorInfo,
): Task {
  const merging = 'records' in source;
  const own = layout.walk === 'segments' && layout.ownParameters;
  const single = merging && recordCounts(layout, source.pieces).statisticRecords === 1;
  const variant: Variant = {
    source: merging ? (single ? 'record' : 'records') : 'tensors',
    gamma: gamma !== undefined,
    centered,
  };
  const buffers: Record<string, TaskBuffer> = { dy: reads(dy, 'elements'), x: reads(x, 'elements') };
  if (merging) buffers.sumRecords = reads(source.records, 'records');
  else
    for (const name of ['mean', 'variance', 'sumDy', 'sumDyXhat'] as const) {
      buffers[name] = reads(source[name], 'floats');
    }
  if (gamma) buffers.gamma = reads(gamma, own ? 'elements' : 'floats');
  buffers.dx = writes(dx, 'elements');
  const weighs = variant.gamma && !own;
  return {
    name: 'inputGradient',
    variant: [
      layout.walk,
      layout.walk === 'segments' ? `${layout.team} ${own}` : layout.width,
      ...Object.values(variant),
    ].join(' '),
    snippets: () => [
      plus,
      ...(merging ? [recordsOf(layout), ...(weighs ? [gammaOf] : []), summedRecords(weighs)] : []),
      ...(layout.walk === 'segments' && variant.source === 'records'
        ? [together('summedTeam', 'vec2<f32>', 'plus', layout.team)]
        : []),
    ],
    text: () => (layout.walk === 'segments' ? ofSegments(layout, variant) : ofColumns(layout, variant)),
    buffers,
    sizes: {
      counts: { ...grid.counts, ...recordCounts(layout, merging ? source.pieces : 1) },
      factors: { epsilon, elements },
    },
    workgroups: grid.workgroups,
  };
}

interface Variant {
  readonly source: 'tensors' | 'record' | 'records';
  readonly gamma: boolean;
  readonly centered: boolean;
}

/** Text that defines mean, rstd, shift and slope of `statistic`; `sums` is its pair of sums. */
const coefficients = ({ source, centered }: Variant, sums: string): string => `
    let sums = ${source === 'tensors' ? 'vec2<f32>(sumDy[statistic], sumDyXhat[statistic])' : sums};
    ${
      source === 'tensors'
        ? `let center = mean[statistic];
    let rstd = 1.0 / sqrt(variance[statistic] + sizes.epsilon);`
        : `let known = sumRecords[recordAt(statistic, 0u)];
    let center = known.x;
    let rstd = known.y;`
    }
    let shift = ${centered ? 'sums.x / sizes.elements' : '0.0'};
    let slope = rstd * (sums.y / sizes.elements);`;

const gradients = (layout: Layout, weight: (k: number) => string): string =>
  eachStep(layout, (k) => {
    const index = at(layout, k);
    return `dx[${index}] = ((dy[${index}]${weight(k)} - shift) - (x[${index}] - center) * slope) * rstd;`;
  });

const ofSegments = (layout: Segments, variant: Variant): string => {
  const whole = 'summedRecords(statistic, 0u, 1u)';
  const shared = `summedTeam(thread, summedRecords(statistic, lane, ${layout.team}u))`;
  const { gamma } = variant;
  const weight = (k: number) =>
    !gamma ? '' : layout.ownParameters ? ` * gamma[parameters + ${position(layout, k)}]` : ' * weight';
  return `
fn inputGradient(workgroup: u32, thread: u32) {${piece(layout)}
  let statistic = min(unit, sizes.units - 1u) / sizes.statisticUnits;
  ${coefficients(variant, variant.source === 'records' ? shared : whole)}
  ${
    gamma
      ? layout.ownParameters
        ? 'let parameters = (unit % sizes.groups) * sizes.runLength;'
        : 'let weight = gamma[unit % sizes.channels];'
      : ''
  }
  ${gradients(layout, weight)}
}
`;
};

/** Each of the first threads prepares one channel, then all go down the rows. */
const ofColumns = (layout: Columns, variant: Variant): string => {
  const lanesOf = (name: string, component: string) => sharedLanes(layout.vector, name, component);
  return `
var<workgroup> channelFactors: array<vec4<f32>, ${WORKGROUP}>;
${variant.gamma ? `var<workgroup> channelWeights: array<vec2<f32>, ${WORKGROUP}>;` : ''}
fn inputGradient(workgroup: u32, thread: u32) {${piece(layout)}
  let channel = block * ${layout.width}u * LANES + thread;
  if (thread < ${layout.width}u * LANES && channel < sizes.channels) {
    let statistic = batch * sizes.groups + channel / sizes.statisticUnits;
    ${coefficients(variant, 'summedRecords(statistic, 0u, 1u)')}
    channelFactors[thread] = vec4<f32>(center, rstd, shift, slope);
    ${variant.gamma ? 'channelWeights[thread] = vec2<f32>(gamma[channel]);' : ''}
  }
  workgroupBarrier();
  let shared0 = (thread % ${layout.width}u) * LANES;
  let center = ${lanesOf('channelFactors', 'x')};
  let rstd = ${lanesOf('channelFactors', 'y')};
  let shift = ${lanesOf('channelFactors', 'z')};
  let slope = ${lanesOf('channelFactors', 'w')};
  ${variant.gamma ? `let weight = ${lanesOf('channelWeights', 'x')};` : ''}
  ${gradients(layout, () => (variant.gamma ? ' * weight' : ''))}
}
`;
};
