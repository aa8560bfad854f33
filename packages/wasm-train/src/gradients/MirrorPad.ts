/**
 * Padding with mirrored borders: the gradient of a border is turned round and added to that of the pixels it mirrors.
 *
 * tfjs's own leaves the borders out.
 */
import * as tf from '@tensorflow/tfjs-core';

/** The gradient along one axis of `length`; a border begins `skipped` elements from the edge. */
function foldAxis(
  dy: tf.Tensor,
  axis: number,
  [before, after]: [number, number],
  length: number,
  skipped: number,
): tf.Tensor {
  const along = (start: number, size: number) =>
    tf.slice(
      dy,
      dy.shape.map((_, i) => (i === axis ? start : 0)),
      dy.shape.map((full, i) => (i === axis ? size : full)),
    );
  const placed = (border: tf.Tensor, start: number) =>
    tf.pad(
      tf.reverse(border, axis),
      dy.shape.map((_, i) => (i === axis ? [start, length - start - border.shape[axis]!] : [0, 0])),
    );
  let dx = along(before, length);
  if (before > 0) dx = tf.add(dx, placed(along(0, before), skipped));
  if (after > 0) dx = tf.add(dx, placed(along(before + length, after), length - skipped - after));
  return dx;
}

export const mirrorPadGradient: tf.GradConfig = {
  kernelName: tf.MirrorPad,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => {
    const [x] = saved as [tf.Tensor];
    const { paddings, mode } = attrs as unknown as tf.MirrorPadAttrs;
    const skipped = mode === 'reflect' ? 1 : 0;
    return {
      x: () =>
        paddings.reduce(
          (gradient, pair, axis) => foldAxis(gradient, axis, pair, x.shape[axis]!, skipped),
          dy as tf.Tensor,
        ),
    };
  },
};
