/**
 * The table of a pixel: for each pixel of the other tensor that it meets, the bytes from that image's start to it, and the bytes to
 * the tap of the filter through which they meet.
 */
import { Geometry } from '../conv2d/geometry';
import { FLOAT } from '../vector';
import { WindowAxis } from '../windowAxis';

/** Bytes of an entry of the table. */
export const ENTRY: usize = 8;

/** Floats of scratch space that a table takes. */
export function depthwiseScratch(g: Geometry): i32 {
  return 2 * g.filterHeight * g.filterWidth;
}

/** The pixels of x in the window of pixel (i, j) of y. Returns the table's end, as `reachingOutputs` does. */
export function metInputs(g: Geometry, i: i32, j: i32, table: usize): usize {
  return fillTable<Inputs>(g, i, j, g.inHeight, g.inWidth, g.inChannels, table);
}

/** The pixels of y whose windows pixel (h, w) of x is in. */
export function reachingOutputs(g: Geometry, h: i32, w: i32, table: usize): usize {
  return fillTable<Outputs>(g, h, w, g.outHeight, g.outWidth, g.outChannels, table);
}

/** O is a class whose method `at` finds the other pixel along an axis; height, width and channels are of its images. */
function fillTable<O>(
  g: Geometry,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  channels: i32,
  table: usize,
): usize {
  const pixelBytes = (channels as usize) * FLOAT;
  const tapBytes = (g.outChannels as usize) * FLOAT;
  const columns = g.filterWidth;
  const stride = g.strideWidth;
  const dilation = g.dilationWidth;
  const left = g.left;
  for (let r: i32 = 0; r < g.filterHeight; ++r) {
    const otherRow = changetype<O>(0).at(row, r, g.strideHeight, g.dilationHeight, g.top, height);
    if (otherRow < 0) continue;
    const otherPixels = ((otherRow * width) as usize) * pixelBytes;
    let tap = ((r * columns) as usize) * tapBytes;
    for (let s: i32 = 0; s < columns; ++s) {
      const otherColumn = changetype<O>(0).at(column, s, stride, dilation, left, width);
      if (otherColumn >= 0) {
        store<u32>(table, (otherPixels + (otherColumn as usize) * pixelBytes) as u32);
        store<u32>(table, tap as u32, 4);
        table += ENTRY;
      }
      tap += tapBytes;
    }
  }
  return table;
}

@unmanaged
class Inputs {
  @inline
  at(output: i32, tap: i32, stride: i32, dilation: i32, before: i32, size: i32): i32 {
    return WindowAxis.inputAt(output, tap, stride, dilation, before, size);
  }
}

@unmanaged
class Outputs {
  @inline
  at(input: i32, tap: i32, stride: i32, dilation: i32, before: i32, size: i32): i32 {
    return WindowAxis.outputAt(input, tap, stride, dilation, before, size);
  }
}
