/** Types and checks that every kernel starts with. */
import type * as tf from '@tensorflow/tfjs-core';

export type KernelArguments = Parameters<tf.KernelFunc>[0];
export type KernelResult = ReturnType<tf.KernelFunc>;

/** A kernel's inputs, all there: tfjs types each as possibly missing. */
export type Inputs<T> = { [Name in keyof T]-?: NonNullable<T[Name]> };

/** True when every tensor holds float32, the only type that the kernels here compute with. */
export function areFloat32(...tensors: tf.TensorInfo[]): boolean {
  return tensors.every((tensor) => tensor.dtype === 'float32');
}

/** True when every tensor holds numbers of 4 bytes. */
export function areNumbers(...tensors: tf.TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32' || dtype === 'int32');
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
