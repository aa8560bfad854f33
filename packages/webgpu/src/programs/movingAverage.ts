/** keep * average + weight * value, element by element: how running statistics move. Reads both once, writes once. */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';

export const movingAverage = (
  average: tf.TensorInfo,
  value: tf.TensorInfo,
  result: tf.TensorInfo,
  length: number,
  factors: { keep: number; weight: number },
): Task => ({
  name: 'movingAverage',
  variant: '',
  snippets: () => [],
  text: () => `
fn movingAverage(workgroup: u32, thread: u32) {
  let i = workgroup * ${WORKGROUP}u + thread;
  if (i < sizes.length) { result[i] = sizes.keep * average[i] + sizes.weight * value[i]; }
}
`,
  buffers: {
    average: reads(average, 'floats'),
    value: reads(value, 'floats'),
    result: writes(result, 'floats'),
  },
  sizes: { counts: { length }, factors },
  workgroups: Math.ceil(length / WORKGROUP),
});
