/** Reading a tensor once, on a memory of its own: with the copy, the limit that no kernel can pass. */
import { bytesOf } from '@bn/wasm-heap';
import { binaries } from '../generated/binaries.js';
import { byteCount, type Shape } from '../grid/shapes.js';
import type { Prepared } from '../measuring/prepared.js';

const pageBytes = 65_536;
const mostPages = 65_536;

interface Reading extends WebAssembly.Exports {
  /** Sum of the floats between two addresses a multiple of 128 apart. */
  sum(from: number, to: number): number;
}

export function prepareRead(shape: Shape): Prepared & { sum(): number } {
  const initial = Math.ceil(byteCount(shape) / pageBytes);
  const memory = new WebAssembly.Memory({ initial, maximum: mostPages });
  // Written once, so that the pages are there.
  new Float32Array(memory.buffer).fill(1);
  const module = new WebAssembly.Module(bytesOf(binaries.reading, false));
  const { sum } = new WebAssembly.Instance(module, { env: { memory } }).exports as Reading;
  const end = Math.ceil(byteCount(shape) / 128) * 128;
  const run = () => sum(0, end);
  return { run, sum: run, dispose() {} };
}
