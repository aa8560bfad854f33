/** mean and variance of each statistic, of the records of its pieces. Reads the records once. */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';
import type { Layout } from '../layouts/layout.js';
import { moments } from '../wgsl/moments.js';
import { mergedRecords, recordCounts, recordsOf, statistic } from '../wgsl/records.js';
import { together } from '../wgsl/team.js';

const TEAM = 8;

export function mergeMoments(
  layout: Layout,
  pieces: number,
  statistics: number,
  records: tf.TensorInfo,
  mean: tf.TensorInfo,
  variance: tf.TensorInfo,
): Task {
  return {
    name: 'mergeMoments',
    variant: layout.walk,
    snippets: () => [
      moments,
      statistic,
      recordsOf(layout),
      mergedRecords,
      together('mergedEight', 'Moments', 'merged', TEAM),
    ],
    text: () => text,
    buffers: {
      momentRecords: reads(records, 'records'),
      mean: writes(mean, 'floats'),
      variance: writes(variance, 'floats'),
    },
    sizes: { counts: { ...recordCounts(layout, pieces), statistics } },
    workgroups: Math.ceil((statistics * TEAM) / WORKGROUP),
  };
}

const text = `
fn mergeMoments(workgroup: u32, thread: u32) {
  let statistic = workgroup * ${WORKGROUP / TEAM}u + thread / ${TEAM}u;
  let last = min(statistic, sizes.statistics - 1u);
  let total = mergedEight(thread, mergedRecords(last, thread % ${TEAM}u, ${TEAM}u));
  if (thread % ${TEAM}u == 0u && statistic < sizes.statistics) {
    let result = statisticOf(statistic, total);
    mean[statistic] = result.mean;
    variance[statistic] = result.variance;
  }
}
`;
