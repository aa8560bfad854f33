/**
 * y = (x - mean) * rstd * gamma + beta, rstd = 1 / sqrt(variance + epsilon). Reads x once, writes y once.
 *
 * Mean and variance are given, or merged from the records of pieces by every workgroup that needs them.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, type TaskBuffer, WORKGROUP, writes } from '../device/task.js';
import type { Grid } from '../layouts/grid.js';
import type { Columns, Layout, Segments } from '../layouts/layout.js';
import { moments } from '../wgsl/moments.js';
import { mergedRecords, recordCounts, recordsOf, statistic } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';
import { at, eachStep, piece, position } from '../wgsl/walk.js';

/** Moments of statistics: tensors, or records of so many pieces. */
export type MomentSource =
  | { readonly mean: tf.TensorInfo; readonly variance: tf.TensorInfo }
  | { readonly records: tf.TensorInfo; readonly pieces: number };

export interface Affine {
  readonly gamma: tf.TensorInfo | undefined;
  readonly beta: tf.TensorInfo | undefined;
}

export function normalize(
  layout: Layout,
  grid: Grid,
  x: tf.TensorInfo,
  source: MomentSource,
  { gamma, beta }: Affine,
  y: tf.TensorInfo,
  epsilon: number,
): Task {
  const parameters = layout.walk === 'segments' && layout.ownParameters ? 'elements' : 'floats';
  const merging = 'records' in source;
  const single = merging && recordCounts(layout, source.pieces).statisticRecords === 1;
  const variant = {
    source: merging ? (single ? 'record' : 'records') : 'tensors',
    gamma: gamma !== undefined,
    beta: beta !== undefined,
  } as const;
  const buffers: Record<string, TaskBuffer> = { x: reads(x, 'elements') };
  if (merging) buffers.momentRecords = reads(source.records, 'records');
  else {
    buffers.mean = reads(source.mean, 'floats');
    buffers.variance = reads(source.variance, 'floats');
  }
  if (gamma) buffers.gamma = reads(gamma, parameters);
  if (beta) buffers.beta = reads(beta, parameters);
  buffers.y = writes(y, 'elements');
  const own = layout.walk === 'segments' ? `${layout.team} ${layout.ownParameters}` : `${layout.width}`;
  return {
    name: 'normalize',
    variant: `${layout.walk} ${own} ${Object.values(variant).join(' ')}`,
    snippets: () => [
      moments,
      statistic,
      ...(merging ? [recordsOf(layout), mergedRecords] : []),
      ...(layout.walk === 'segments' && variant.source === 'records'
        ? [together('mergedTeam', 'Moments', 'merged', layout.team)]
        : []),
    ],
    text: () => (layout.walk === 'segments' ? ofSegments(layout, variant) : ofColumns(layout, variant)),
    buffers,
    sizes: {
      counts: { ...grid.counts, ...recordCounts(layout, merging ? source.pieces : 1) },
      factors: { epsilon },
    },
    workgroups: grid.workgroups,
  };
}

interface Variant {
  readonly source: 'tensors' | 'record' | 'records';
  readonly gamma: boolean;
  readonly beta: boolean;
}

const statisticText: Record<Variant['source'], string> = {
  tensors: 'Statistic(mean[statistic], 0.0, variance[statistic])',
  record: 'statisticOf(statistic, mergedRecords(statistic, 0u, 1u))',
  records: '',
};

/** Text that normalizes the elements of a piece with a known `statistic` of type Statistic, `s`. */
export function normalizedSegments(
  layout: Segments,
  { gamma, beta }: Pick<Variant, 'gamma' | 'beta'>,
): string {
  if (layout.ownParameters) {
    return `
  let rstd = 1.0 / sqrt(s.variance + sizes.epsilon);
  let parameters = (unit % sizes.groups) * sizes.runLength;
  ${eachStep(layout, (k) => {
    const parameter = (name: string) => `${name}[parameters + ${position(layout, k)}]`;
    const factor = gamma ? `(rstd * ${parameter('gamma')})` : 'rstd';
    const offset = beta ? ` + ${parameter('beta')}` : '';
    return `y[${at(layout, k)}] = ((x[${at(layout, k)}] - s.mean) - s.rest) * ${factor}${offset};`;
  })}`;
  }
  return `
  let channel = unit % sizes.channels;
  let factor = ${gamma ? 'gamma[channel]' : '1.0'} / sqrt(s.variance + sizes.epsilon);
  let offset = ${beta ? 'beta[channel]' : '0.0'} - s.rest * factor;
  ${eachStep(layout, (k) => `y[${at(layout, k)}] = (x[${at(layout, k)}] - s.mean) * factor + offset;`)}`;
}

const ofSegments = (layout: Segments, variant: Variant): string => `
fn normalize(workgroup: u32, thread: u32) {${piece(layout)}
  let statistic = min(unit, sizes.units - 1u) / sizes.statisticUnits;
  let s = ${
    variant.source === 'records'
      ? `statisticOf(statistic, mergedTeam(thread, mergedRecords(statistic, lane, ${layout.team}u)))`
      : statisticText[variant.source]
  };
  ${normalizedSegments(layout, variant)}
}
`;

/** Each of the first threads prepares one channel, then all go down the rows. */
const ofColumns = (layout: Columns, { source, gamma, beta }: Variant): string => `
var<workgroup> channelFactors: array<vec4<f32>, ${WORKGROUP}>;
fn normalize(workgroup: u32, thread: u32) {${piece(layout)}
  let channel = block * ${layout.width}u * LANES + thread;
  if (thread < ${layout.width}u * LANES && channel < sizes.channels) {
    let statistic = batch * sizes.groups + channel / sizes.statisticUnits;
    let s = ${source === 'tensors' ? statisticText.tensors : statisticText.record};
    let factor = ${gamma ? 'gamma[channel]' : '1.0'} / sqrt(s.variance + sizes.epsilon);
    channelFactors[thread] = vec4<f32>(s.mean, factor, ${beta ? 'beta[channel]' : '0.0'} - s.rest * factor, 0.0);
  }
  workgroupBarrier();
  let shared0 = (thread % ${layout.width}u) * LANES;
  let mean = ${sharedLanes(layout.vector, 'channelFactors', 'x')};
  let factor = ${sharedLanes(layout.vector, 'channelFactors', 'y')};
  let offset = ${sharedLanes(layout.vector, 'channelFactors', 'z')};
  ${eachStep(layout, (k) => `y[${at(layout, k)}] = (x[${at(layout, k)}] - mean) * factor + offset;`)}
}
`;

/** One component of the channels of a thread, as F. */
export const sharedLanes = (vector: boolean, name: string, component: string): string =>
  vector
    ? `vec4<f32>(${[0, 1, 2, 3].map((k) => `${name}[shared0 + ${k}u].${component}`).join(', ')})`
    : `${name}[shared0].${component}`;
