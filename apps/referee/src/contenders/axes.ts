/** The axes and shapes with which an operation is composed of general ones: means, differences, products. */
import {
  channelAxis,
  channelCount,
  type Operation,
  overTrailingAxes,
  parameterShape,
} from '@bn/conformance/golden';

export interface Axes {
  /** The shape of x in which a statistic is taken over whole axes. */
  readonly grouped: number[];
  /** Over which a statistic is taken, in that shape. */
  readonly axes: number[];
  /** The shape of gamma and beta that broadcasts with x. */
  readonly parameters: number[];
}

export function axesOf(operation: Operation): Axes {
  const shape = [...operation.shape];
  const all = [...shape.keys()];
  if (overTrailingAxes(operation)) {
    const parameters = parameterShape(operation);
    return { grouped: shape, axes: all.slice(-parameters.length), parameters };
  }
  const channels = channelAxis(operation);
  const parameters = shape.map((size, axis) => (axis === channels ? size : 1));
  if (operation.op === 'groupNorm') return { ...groups(operation), parameters };
  const own = operation.op === 'instanceNorm' ? [0, channels] : [channels];
  return { grouped: shape, axes: all.filter((axis) => !own.includes(axis)), parameters };
}

function groups(operation: Operation): Pick<Axes, 'grouped' | 'axes'> {
  const [batch] = operation.shape as [number];
  const numGroups = operation.numGroups!;
  const perGroup = channelCount(operation) / numGroups;
  return operation.dataFormat === 'channelsLast'
    ? { grouped: [batch, -1, numGroups, perGroup], axes: [1, 3] }
    : { grouped: [batch, numGroups, -1], axes: [2] };
}
