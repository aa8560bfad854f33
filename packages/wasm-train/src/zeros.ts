/** A new float32 tensor of zeros: the sum of nothing, where a tensor is empty. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { allocateOutput, fillWithZeros } from './backend.js';

export function zeros(backend: BackendWasm, kernelName: string, shape: number[]): tf.TensorInfo {
  const tensor = allocateOutput(backend, kernelName, shape);
  fillWithZeros(backend, tensor);
  return tensor;
}
