/**
 * Mean, variance and y in one dispatch, if each statistic is one piece: a team goes through its unit twice. Reads x twice, the
 * second time from the cache; writes y once.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, type TaskBuffer, writes } from '../device/task.js';
import type { Grid } from '../layouts/grid.js';
import type { Segments } from '../layouts/layout.js';
import { statistic } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';
import { piece } from '../wgsl/walk.js';
import { gatheredMoments, momentSnippets, pivotOf } from './momentPieces.js';
import { type Affine, normalizedSegments } from './normalize.js';

export interface ForwardOutputs {
  readonly y: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
}

export function forwardWhole(
  layout: Segments,
  { counts, workgroups }: Grid,
  x: tf.TensorInfo,
  { gamma, beta }: Affine,
  { y, mean, variance }: ForwardOutputs,
  centered: boolean,
  epsilon: number,
): Task {
  const parameters = layout.ownParameters ? 'elements' : 'floats';
  const buffers: Record<string, TaskBuffer> = { x: reads(x, 'elements') };
  if (gamma) buffers.gamma = reads(gamma, parameters);
  if (beta) buffers.beta = reads(beta, parameters);
  buffers.y = writes(y, 'elements');
  buffers.mean = writes(mean, 'floats');
  buffers.variance = writes(variance, 'floats');
  const affine = { gamma: gamma !== undefined, beta: beta !== undefined };
  return {
    name: 'forwardWhole',
    variant: `${layout.team} ${layout.ownParameters} ${centered} ${affine.gamma} ${affine.beta}`,
    snippets: () => [
      ...momentSnippets(layout),
      statistic,
      together('mergedTeam', 'Moments', 'merged', layout.team),
    ],
    text: () => text(layout, affine, centered),
    buffers,
    sizes: {
      counts: { ...counts, channels: layout.channels, groups: layout.groups },
      factors: { epsilon },
    },
    workgroups,
  };
}

const text = (layout: Segments, affine: { gamma: boolean; beta: boolean }, centered: boolean): string => `
fn forwardWhole(workgroup: u32, thread: u32) {${piece(layout)}
  ${pivotOf(centered, layout.vector)}
  ${gatheredMoments(layout, centered)}
  let total = mergedTeam(thread, joined(sum));
  let center = pivot + total.mean;
  let s = Statistic(center, total.mean - (center - pivot), total.variance);
  if (lane == 0u && exists) {
    mean[unit] = s.mean;
    variance[unit] = s.variance;
  }
  ${normalizedSegments(layout, affine)}
}
`;
