/** The memory of tfjs's wasm backend as numbers. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { memoryOf } from './module.js';

export interface Views {
  readonly buffer: ArrayBufferLike;
  readonly integers: Int32Array;
  readonly doubles: Float64Array;
}

const views = new WeakMap<WebAssembly.Memory, Views>();

/** Views of the whole memory, made again when it has grown. */
export function viewsOf(backend: BackendWasm): Views {
  const memory = memoryOf(backend);
  const known = views.get(memory);
  const { buffer } = memory;
  if (known?.buffer === buffer) return known;
  const made = { buffer, integers: new Int32Array(buffer), doubles: new Float64Array(buffer) };
  views.set(memory, made);
  return made;
}
