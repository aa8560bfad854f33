/** Checks of a window (a filter, a pooling's) that moves over images or volumes: at the door of every such kernel. */
import type * as tf from '@tensorflow/tfjs-core';
import { ShapeError } from './shapeError.js';

export type RoundingMode = 'floor' | 'round' | 'ceil' | undefined;

/** What a window is called in errors. */
export type WindowName = 'filter' | 'window';

/** One axis: sizes of x, of the window as it lies on x, and of y. */
export interface WindowAxis {
  readonly name: 'depth' | 'height' | 'width';
  readonly size: number;
  readonly window: number;
  readonly outSize: number;
}

/** The ways to round a size that tfjs has; undefined, its default, is towards zero. */
const roundingModes: readonly RoundingMode[] = [undefined, 'round', 'ceil'];

/**
 * Checks the axes of an operation.
 *
 * @param outSize Sizes of the output where dy tells them: gradients do not always get the rounding mode.
 * @param axesOf The axes for a rounding mode; undefined for the attributes' own.
 * @throws ShapeError if the window is larger than x and its padding (tfjs's kernels read and write outside of their tensors
 * then), or if dy is no gradient of the output.
 */
export function checkWindow(
  kernelName: string,
  window: WindowName,
  pad: unknown,
  outSize: readonly number[] | undefined,
  axesOf: (mode?: RoundingMode) => readonly WindowAxis[],
): void {
  const axes = axesOf();
  if (outSize === undefined) {
    refuseLargerWindow(kernelName, window, pad, axes);
    return;
  }
  const fits = (size: number, axis: number) =>
    roundingModes.some((mode) => axesOf(mode)[axis]!.outSize === size);
  if (outSize.every((size, axis) => size === axes[axis]!.outSize) || outSize.every(fits)) return;
  throw new ShapeError(
    `${kernelName}: dy has the size [${outSize.join(', ')}] (${list(axes, 'name')}), but x [${list(axes, 'size')}], the ` +
      `${window} [${list(axes, 'window')}], strides and padding make it [${list(axes, 'outSize')}]`,
  );
}

function refuseLargerWindow(
  kernelName: string,
  window: WindowName,
  pad: unknown,
  axes: readonly WindowAxis[],
): void {
  if (axes.every(({ size, outSize }) => outSize > 0 || (outSize === 0 && size === 0))) return;
  throw new ShapeError(
    `${kernelName}: the ${window} [${list(axes, 'window')}] (${list(axes, 'name')}, dilations included) is larger than x ` +
      `[${list(axes, 'size')}] with padding ${JSON.stringify(pad)}; use a smaller ${window}, a larger x or padding "same"`,
  );
}

function list(axes: readonly WindowAxis[], property: keyof WindowAxis): string {
  return axes.map((axis) => axis[property]).join(', ');
}

/** The axes of images. */
export function imageAxes(info: ReturnType<typeof tf.backend_util.computeConv2DInfo>): WindowAxis[] {
  return [
    { name: 'height', size: info.inHeight, window: info.effectiveFilterHeight, outSize: info.outHeight },
    { name: 'width', size: info.inWidth, window: info.effectiveFilterWidth, outSize: info.outWidth },
  ];
}
