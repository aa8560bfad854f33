/** The memory of tfjs's wasm backend as numbers. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { memoryOf, moduleOf } from './module.js';

export interface Views {
  readonly buffer: ArrayBufferLike;
  readonly integers: Int32Array;
  readonly doubles: Float64Array;
}

const views = new WeakMap<BackendWasm, Views>();

/** Views of the whole memory, made again when it has grown. */
export function viewsOf(backend: BackendWasm): Views {
  const known = views.get(backend);
  // tfjs makes HEAPU8 again when the memory has grown. Asking the memory itself for its buffer is a call out of JavaScript.
  if (known !== undefined && known.buffer === moduleOf(backend).HEAPU8.buffer) return known;
  const { buffer } = memoryOf(backend);
  const made = { buffer, integers: new Int32Array(buffer), doubles: new Float64Array(buffer) };
  views.set(backend, made);
  return made;
}
