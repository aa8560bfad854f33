/** The parts of tfjs's webgpu backend that the kernels use. tfjs declares some of them private. */
import type * as tf from '@tensorflow/tfjs-core';

export interface TensorData {
  readonly dtype: tf.DataType;
  /** Values on the CPU, if they are known there. */
  readonly values?: unknown;
  readonly resource?: unknown;
}

/**
 * Kernels of this package are recorded into the command encoder of tfjs, in the order in which they are called, so that tfjs's
 * own operations before and after see the right data.
 */
export interface TfjsBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    get(dataId: object): TensorData;
    has(dataId: object): boolean;
    set(dataId: object, data: TensorData): void;
    delete(dataId: object): boolean;
  };
  readonly bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  /** Data that recorded commands use: freed only after these are submitted. */
  readonly commandQueueOwnedIds: WeakSet<object>;
  /** Uniform buffers that recorded commands use. */
  readonly uniformPendingDisposal: GPUBuffer[];
  /** Not null within tf.time and tf.profile. */
  readonly activeTimers?: { name: string; query: Promise<number> }[] | null;
  readonly supportTimestampQuery: boolean;
  querySet: GPUQuerySet | null;
  readonly querySetCount: number;
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  uploadToGPU(dataId: object): void;
  /** 0 if the data are not on this backend, or are about to be freed. */
  refCount(dataId: object): number;
  disposeData(dataId: object): boolean;
  read: (dataId: object) => Promise<unknown>;
  readSync: (dataId: object) => unknown;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;
}
