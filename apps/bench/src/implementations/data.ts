/** Values to compute on. What they are does not change how long it takes, as long as they are ordinary numbers. */
import { elementCount, type Shape } from '../grid/shapes.js';

/** Odd, so that repetitions do not line up with rows. */
const blockSize = 65_537;
let block: Float32Array | undefined;

/** Uniform in [-1, 1), a block of them over and over: to draw each anew would take longer than most measurements. */
export function randomValues(shape: Shape): Float32Array {
  block ??= Float32Array.from({ length: blockSize }, () => 2 * Math.random() - 1);
  const values = new Float32Array(elementCount(shape));
  for (let start = 0; start < values.length; start += blockSize) {
    values.set(block.subarray(0, Math.min(blockSize, values.length - start)), start);
  }
  return values;
}
