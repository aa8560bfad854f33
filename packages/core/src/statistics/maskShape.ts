/** The shapes that a mask of BatchNorm may have beside x. */
import { ShapeError } from '../errors.js';
import { channelAxisOf, type DataFormat, formatShape } from '../view.js';

/**
 * Refuses a mask whose shape is neither that of x nor that of x without its channel axis, nor a leading part of the latter, at
 * least the batch axis.
 *
 * @param shape of an x that `batchNormView` has accepted.
 * @throws ShapeError for a mask of another shape.
 */
export function checkMaskShape(
  shape: readonly number[],
  dataFormat: DataFormat,
  maskShape: readonly number[],
  name: string,
): void {
  const axis = channelAxisOf(dataFormat, shape.length);
  const positions = shape.filter((_, i) => i !== axis);
  const fitsPositions = maskShape.every((size, i) => size === positions[i]);
  if (maskShape.length > 0 && (fitsPositions || isOfElements(shape, maskShape))) return;
  const wanted = positions.map((_, i) => formatShape(positions.slice(0, i + 1)));
  throw new ShapeError(
    `${name}: mask must have shape ${wanted.join(' or ')} (x without its channels, or the leading part of that) or ` +
      `${formatShape(shape)} (x), got ${formatShape(maskShape)}`,
  );
}

/** Whether a mask has a weight for every element of x, rather than for every position. */
export const isOfElements = (shape: readonly number[], maskShape: readonly number[]): boolean =>
  maskShape.length === shape.length && maskShape.every((size, i) => size === shape[i]);
