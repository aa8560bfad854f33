/** One piece of work for workgroups of a dispatch: WGSL text, the buffers that it names, and the sizes that it reads. */
import type * as tf from '@tensorflow/tfjs-core';

/** Threads in a workgroup: few enough for every device, and for software renderers, whose barriers cost most. */
export const WORKGROUP = 64;

/**
 * How WGSL sees a buffer: 'elements' as array<F>, in which F is four floats or one (see `Dispatch.vector`); 'floats' as
 * array<f32>; 'records' as array<vec4<f32>>; 'integers' as array<i32>.
 */
export type BufferType = 'elements' | 'floats' | 'records' | 'integers';

export interface TaskBuffer {
  readonly info: tf.TensorInfo;
  readonly type: BufferType;
  readonly access: 'read' | 'read_write';
}

export const reads = (info: tf.TensorInfo, type: BufferType): TaskBuffer => ({ info, type, access: 'read' });
export const writes = (info: tf.TensorInfo, type: BufferType): TaskBuffer => ({
  info,
  type,
  access: 'read_write',
});

/** Sizes and factors that a shader reads as `sizes.name`. */
export interface Sizes {
  readonly counts: Readonly<Record<string, number>>;
  readonly factors?: Readonly<Record<string, number>>;
}

export interface Task {
  /** WGSL function `fn name(workgroup: u32, thread: u32)`, which `text` defines. */
  readonly name: string;
  /** Tells texts apart: tasks of one name and variant have one text. */
  readonly variant: string;
  /** Definitions that several tasks share; each is written once in a shader. */
  readonly snippets: () => readonly string[];
  readonly text: () => string;
  readonly buffers: Readonly<Record<string, TaskBuffer>>;
  readonly sizes: Sizes;
  readonly workgroups: number;
}
