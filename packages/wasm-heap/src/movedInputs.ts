/**
 * Inputs are on the heap before a kernel runs.
 *
 * tfjs moves a tensor from another backend when a kernel first asks for it. The heap may grow for it, which empties every view of the
 * heap that the kernel has made by then: tfjs's concat, cast, where and others would fail with a TypeError.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { pointerOf } from './memory.js';

/**
 * Moves those of a kernel's inputs to the heap that are on another backend.
 *
 * @throws OutOfMemoryError; the input that had no room stays where it was.
 */
export function moveInputs(backend: BackendWasm, inputs: tf.NamedTensorMap): void {
  for (const name in inputs) {
    // Optional inputs are undefined, and what fromPixels gets is no tensor.
    const info = inputs[name]?.dataId && tf.engine().state.tensorInfo.get(inputs[name].dataId);
    if (info && info.backend !== backend && isOfHeap(info.dtype)) pointerOf(backend, inputs[name]);
  }
}

const isOfHeap = (dtype: tf.DataType) => dtype !== 'string' && dtype !== 'complex64';
