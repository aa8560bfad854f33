/** What convolutions and poolings have in common: images with channels first, windows, strides and paddings. */
import type { LayerCall } from '../call.js';
import { range, type Value } from '../graph.js';

/** The input as ONNX's operators want images; undefined sizes are those that differ from call to call. */
export function imageOf(call: LayerCall): {
  readonly x: string;
  readonly spatial: readonly (number | null)[];
} {
  if (isChannelsFirst(call)) {
    return { x: call.graph.channelsLast(call.input).name, spatial: call.input.shape.slice(2) };
  }
  return { x: call.graph.channelsFirst(call.input).name, spatial: call.input.shape.slice(1, -1) };
}

export const isChannelsFirst = (call: LayerCall): boolean => call.config.dataFormat === 'channelsFirst';

/** An operator whose output is an image with channels first. */
export const imageOutput = (
  call: LayerCall,
  operator: string,
  inputs: readonly string[],
  attributes: Parameters<LayerCall['output']>[2],
): Value => call.output(operator, inputs, attributes, !isChannelsFirst(call));

/** An option that is a number for each axis, or one for all. */
export function sizes(call: LayerCall, name: string, count: number, otherwise = 1): number[] {
  const value = (call.config[name] ?? otherwise) as number | readonly number[];
  return typeof value === 'number'
    ? Array(count).fill(value)
    : range(0, count).map((i) => value[i] ?? value[0]!);
}

/** ONNX's pads [begins, ends] of a window that walks over `spatial`; TensorFlow's 'same' puts the odd one at the end. */
export function padsOf(
  call: LayerCall,
  spatial: readonly (number | null)[],
  window: readonly number[],
  strides: readonly number[],
): number[] {
  const padding = call.config.padding ?? 'valid';
  if (padding === 'causal') return [window[0]! - 1, 0];
  if (padding === 'valid') return Array(2 * window.length).fill(0);
  const totals = window.map((size, axis) => {
    const [length, stride] = [spatial[axis]!, strides[axis]!];
    if (stride === 1) return size - 1;
    if (length === null) {
      call.refuse(
        "padding 'same' with strides depends on the size of the input: give the model an inputShape without null",
      );
    }
    return Math.max((Math.ceil(length / stride) - 1) * stride + size - length, 0);
  });
  const begins = totals.map((total) => Math.floor(total / 2));
  return [...begins, ...totals.map((total, axis) => total - begins[axis]!)];
}
