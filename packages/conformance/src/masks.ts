/** Masks of batch norm in training: how they are drawn, and what weight they give to each element of x. */
import { uniform } from './golden/inputs.js';
import { channelAxis, type Mask, type Operation, sizeOf } from './operation.js';

/** What a mask looks like; drawn by the property tests. */
export interface MaskKind {
  /** How many leading axes of x without its channels it has; more than there are counts as all. */
  readonly axes: number;
  readonly dtype: Mask['dtype'];
}

/**
 * A third of the weights are 0; the others are 1, or with dtype float32 between 0.25 and 2. The first position counts and
 * the second does not, so that every mask is one.
 */
export function drawMask(operation: Operation, { axes, dtype }: MaskKind, seed: number): Mask {
  const positions = operation.shape.filter((_, axis) => axis !== channelAxis(operation));
  const shape = positions.slice(0, axes);
  const weight = (i: number) => (dtype === 'bool' ? 1 : 0.25 + 1.75 * uniform(seed + 1, i));
  const counts = (i: number) => i !== 1 && (i === 0 || uniform(seed, i) > 1 / 3);
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => (counts(i) ? weight(i) : 0));
  return { shape, dtype, values };
}

/** One weight for each element of x, that of its position, whatever its channel; 1 without a mask. */
export function weightsOf(operation: Operation, mask: Mask | undefined): Float64Array {
  const { shape } = operation;
  const weights = new Float64Array(sizeOf(shape));
  if (mask === undefined) return weights.fill(1);
  const channels = channelAxis(operation);
  return weights.map((_, i) => {
    let rest = i;
    let position = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!;
      // The axes of a mask are those of x in their order, without that of the channels.
      const maskAxis = axis > channels ? axis - 1 : axis;
      if (axis !== channels && maskAxis < mask.shape.length) {
        position += (rest % length) * stride;
        stride *= length;
      }
      rest = Math.floor(rest / length);
    }
    return mask.values[position]!;
  });
}
