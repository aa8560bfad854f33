/** The integers of a buffer as floats: tfjs casts int32 and bool to float32 without changing the data. */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';

export const toFloats = (integers: tf.TensorInfo, floats: tf.TensorInfo, length: number): Task => ({
  name: 'toFloats',
  variant: '',
  snippets: () => [],
  text: () => `
fn toFloats(workgroup: u32, thread: u32) {
  let i = workgroup * ${WORKGROUP}u + thread;
  if (i < sizes.length) { floats[i] = f32(integers[i]); }
}
`,
  buffers: { integers: reads(integers, 'integers'), floats: writes(floats, 'floats') },
  sizes: { counts: { length } },
  workgroups: Math.ceil(length / WORKGROUP),
});
