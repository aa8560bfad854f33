/**
 * tfjs's wasm backend does not look whether its allocator had any memory left, and goes on at address 0. What would be
 * measured then is no normalization: here it is an error.
 */
import * as tf from '@tensorflow/tfjs';

interface Emscripten {
  _malloc(bytes: number): number;
}

export function checkAllocations(): void {
  const { wasm } = tf.backend() as unknown as { wasm: Emscripten };
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const pointer = allocate(bytes);
    if (pointer === 0 && bytes > 0) throw new Error(`the WebAssembly heap has no ${megabytes(bytes)} left`);
    return pointer;
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
