/** mean and variance of each statistic, of the records of its pieces. Reads the records once. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Team } from '../device/parallelism.js';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';
import type { Layout } from '../layouts/layout.js';
import { moments } from '../wgsl/moments.js';
import { mergedRecords, recordCounts, recordsOf, statistic } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';

export function mergeMoments(
  layout: Layout,
  team: Team,
  pieces: number,
  statistics: number,
  records: tf.TensorInfo,
  mean: tf.TensorInfo,
  variance: tf.TensorInfo,
): Task {
  return {
    name: 'mergeMoments',
    variant: `${layout.walk} ${team}`,
    snippets: () => [
      moments,
      statistic,
      recordsOf(layout),
      mergedRecords,
      together('mergedAll', 'Moments', 'merged', team),
    ],
    text: () => text(team),
    buffers: {
      momentRecords: reads(records, 'records'),
      mean: writes(mean, 'floats'),
      variance: writes(variance, 'floats'),
    },
    sizes: { counts: { ...recordCounts(layout, pieces), statistics } },
    workgroups: Math.ceil((statistics * team) / WORKGROUP),
  };
}

const text = (team: Team): string => `
fn mergeMoments(workgroup: u32, thread: u32) {
  let statistic = workgroup * ${WORKGROUP / team}u + thread / ${team}u;
  let last = min(statistic, sizes.statistics - 1u);
  let total = mergedAll(thread, mergedRecords(last, thread % ${team}u, ${team}u));
  if (thread % ${team}u == 0u && statistic < sizes.statistics) {
    let result = statisticOf(statistic, total);
    mean[statistic] = result.mean;
    variance[statistic] = result.variance;
  }
}
`;
