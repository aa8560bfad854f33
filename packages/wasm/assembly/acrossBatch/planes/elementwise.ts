/**
 * The element-wise passes over x as [rows, channels, inner], of the factors that finish.ts has computed. Every kernel handles
 * the planes `from` to `to` (exclusive) of all rows * channels, as they lie in memory.
 */
import { Call } from '../../call';
import { inputGradient, normalize } from '../../loops/elementwise';
import { CENTER, CONSTANT, DY_FACTOR, OFFSET, SCALE, X_FACTOR } from '../../loops/factors';
import { FLOAT } from '../../loops/vector';
import { factors } from '../shared';

/** y = (x - center) * scale + offset. Reads x once, writes y once. */
export function acrossBatchPlanesNormalize(call: Call, from: i32, to: i32): void {
  const center = factors(call, CENTER);
  const scale = factors(call, SCALE);
  const offset = factors(call, OFFSET);
  const inner = call.inner;
  for (let plane = from; plane < to; plane++) {
    const channel = <usize>(plane % call.channels) * FLOAT;
    const at = <usize>plane * <usize>inner * FLOAT;
    normalize(
      call.y + at,
      call.x + at,
      inner,
      load<f32>(center + channel),
      load<f32>(scale + channel),
      load<f32>(offset + channel),
    );
  }
}

/** dx = dyFactor * dy + xFactor * (x - center) + constant. Reads dy and x once, writes dx once. */
export function acrossBatchPlanesInputGradient(call: Call, from: i32, to: i32): void {
  const center = factors(call, CENTER);
  const dyFactor = factors(call, DY_FACTOR);
  const xFactor = factors(call, X_FACTOR);
  const constant = factors(call, CONSTANT);
  const inner = call.inner;
  for (let plane = from; plane < to; plane++) {
    const channel = <usize>(plane % call.channels) * FLOAT;
    const at = <usize>plane * <usize>inner * FLOAT;
    inputGradient(
      call.dx + at,
      call.dy + at,
      call.x + at,
      inner,
      load<f32>(center + channel),
      load<f32>(dyFactor + channel),
      load<f32>(xFactor + channel),
      load<f32>(constant + channel),
    );
  }
}
