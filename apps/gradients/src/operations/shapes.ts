/** Operations that move elements, and those that take indices. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation } from '../table/case.js';
import { signed } from '../table/values.js';

const int = (values: number[], shape = [values.length]) => tf.tensor(values, shape, 'int32');

export const shapes: Record<string, GradientCase[]> = {
  BatchToSpaceND: [
    operation('blocks of 2x2', [signed([4, 2, 3, 1])], (x: tf.Tensor4D) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    operation('cropped', [signed([8, 2, 3, 3])], (x: tf.Tensor4D) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ),
    operation('one axis', [signed([6, 2, 3])], (x: tf.Tensor) => tf.batchToSpaceND(x, [3], [[1, 1]])),
  ],
  BroadcastTo: [
    operation('an axis of 1', [signed([2, 1])], (x: tf.Tensor) => tf.broadcastTo(x, [2, 5])),
    operation('a new axis', [signed([3])], (x: tf.Tensor) => tf.broadcastTo(x, [2, 3])),
    operation('new axes and axes of 1', [signed([3, 1])], (x: tf.Tensor) => tf.broadcastTo(x, [2, 3, 5])),
    operation('the same shape', [signed([2, 3])], (x: tf.Tensor) => tf.broadcastTo(x, [2, 3])),
    operation('a scalar', [signed([])], (x: tf.Tensor) => tf.broadcastTo(x, [2, 3])),
  ],
  Concat: [
    operation('rows', [signed([1, 3], 1), signed([2, 3], 2)], (a, b) => tf.concat([a, b], 0)),
    operation('the last axis', [signed([2, 3], 1), signed([2, 1], 2)], (a, b) => tf.concat([a, b], -1)),
    operation('the middle axis', [signed([2, 1, 3], 1), signed([2, 2, 3], 2), signed([2, 1, 3], 3)], (...x) =>
      tf.concat(x, 1),
    ),
    operation('one of them empty', [signed([2, 3], 1), signed([0, 3], 2)], (a, b) => tf.concat([a, b], 0)),
    operation('the same one twice', [signed([2, 3])], (x: tf.Tensor) => tf.concat([x, x], 1)),
  ],
  ExpandDims: [
    operation('in front', [signed([2, 3])], (x: tf.Tensor) => tf.expandDims(x, 0)),
    operation('behind', [signed([2, 3])], (x: tf.Tensor) => tf.expandDims(x, -1)),
  ],
  GatherV2: [
    operation('rows', [signed([5, 3])], (x: tf.Tensor) => tf.gather(x, int([4, 0, 2]))),
    operation('repeated rows', [signed([5, 3])], (x: tf.Tensor) => tf.gather(x, int([1, 1, 4, 1, 0, 4]))),
    operation('indices of rank 2', [signed([5, 3])], (x: tf.Tensor) =>
      tf.gather(x, int([1, 0, 1, 4, 2, 2], [2, 3])),
    ),
    operation('one index', [signed([5, 3])], (x: tf.Tensor) => tf.gather(x, tf.scalar(2, 'int32'))),
    operation('a vector', [signed([7])], (x: tf.Tensor) => tf.gather(x, int([6, 6, 0]))),
    operation('the middle axis', [signed([2, 5, 3])], (x: tf.Tensor) => tf.gather(x, int([3, 3, 0]), 1)),
    operation('the last axis', [signed([2, 3, 5])], (x: tf.Tensor) => tf.gather(x, int([3, 3, 0, 1]), 2)),
    operation('a negative axis', [signed([2, 3, 5])], (x: tf.Tensor) => tf.gather(x, int([3, 3, 0, 1]), -1)),
    operation('rank 2 indices, middle axis', [signed([2, 5, 3])], (x: tf.Tensor) =>
      tf.gather(x, int([3, 3, 0, 1], [2, 2]), 1),
    ),
    operation('batchDims 1', [signed([2, 5, 3])], (x: tf.Tensor) =>
      tf.gather(x, int([3, 3, 0, 1, 4, 4], [2, 3]), 1, 1),
    ),
    operation('batchDims 1, axis 2', [signed([2, 3, 5])], (x: tf.Tensor) =>
      tf.gather(x, int([3, 3, 0, 1], [2, 2]), 2, 1),
    ),
    operation('batchDims 2', [signed([2, 2, 5])], (x: tf.Tensor) =>
      tf.gather(x, int([3, 3, 0, 1, 4, 4, 2, 0], [2, 2, 2]), 2, 2),
    ),
  ],
  MirrorPad: (['reflect', 'symmetric'] as const).flatMap((mode) => [
    operation(`${mode}, a vector`, [signed([5])], (x: tf.Tensor1D) => tf.mirrorPad(x, [[2, 3]], mode)),
    operation(`${mode}, rank 2`, [signed([3, 4])], (x: tf.Tensor) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        mode,
      ),
    ),
    operation(`${mode}, an image`, [signed([2, 3, 4, 2])], (x: tf.Tensor) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 1],
          [1, 2],
          [0, 0],
        ],
        mode,
      ),
    ),
  ]),
  OneHot: [
    operation('of rounded numbers', [signed([3])], (x: tf.Tensor) => tf.oneHot(tf.cast(x, 'int32'), 3, 2, 1)),
  ],
  Pack: [
    operation('in front', [signed([2, 3], 1), signed([2, 3], 2)], (...x) => tf.stack(x)),
    operation('in the middle', [signed([2, 3], 1), signed([2, 3], 2)], (...x) => tf.stack(x, 1)),
    operation('behind', [signed([2, 3], 1), signed([2, 3], 2)], (...x) => tf.stack(x, -1)),
  ],
  PadV2: [
    operation('a vector', [signed([5])], (x: tf.Tensor1D) => tf.pad1d(x, [2, 3])),
    operation('rank 2, with a number', [signed([2, 3])], (x: tf.Tensor) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        7,
      ),
    ),
    operation('rank 4', [signed([2, 3, 2, 1])], (x: tf.Tensor) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]),
    ),
    operation('rank 5', [signed([1, 2, 2, 2, 3])], (x: tf.Tensor) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [0, 1],
        [1, 1],
        [0, 0],
      ]),
    ),
  ],
  Reshape: [
    operation('to a matrix', [signed([2, 3, 5])], (x: tf.Tensor) => tf.reshape(x, [6, -1])),
    operation('flatten', [signed([2, 3])], (x: tf.Tensor) => x.flatten()),
    operation('squeeze', [signed([2, 1, 3])], (x: tf.Tensor) => tf.squeeze(x)),
  ],
  Reverse: [
    operation('all axes', [signed([2, 3])], (x: tf.Tensor) => tf.reverse(x)),
    operation('one axis', [signed([2, 3, 5])], (x: tf.Tensor) => tf.reverse(x, 1)),
    operation('a negative axis', [signed([2, 3, 5])], (x: tf.Tensor) => tf.reverse(x, [-1])),
  ],
  Slice: [
    operation('a vector', [signed([7])], (x: tf.Tensor) => tf.slice(x, 2, 3)),
    operation('up to the end', [signed([7])], (x: tf.Tensor) => tf.slice(x, 2)),
    operation('rank 3', [signed([3, 4, 5])], (x: tf.Tensor) => tf.slice(x, [1, 0, 2], [2, 3, 1])),
    operation('size -1', [signed([3, 4])], (x: tf.Tensor) => tf.slice(x, [1, 1], [-1, 2])),
    operation('rank 5', [signed([2, 2, 3, 2, 2])], (x: tf.Tensor) =>
      tf.slice(x, [0, 1, 1, 0, 1], [2, 1, 2, 2, 1]),
    ),
  ],
  SpaceToBatchND: [
    operation('blocks of 2x2', [signed([1, 4, 6, 1])], (x: tf.Tensor4D) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ),
    operation('padded', [signed([2, 3, 4, 3])], (x: tf.Tensor4D) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ),
    operation('one axis', [signed([2, 5, 3])], (x: tf.Tensor) => tf.spaceToBatchND(x, [3], [[1, 0]])),
  ],
  SplitV: [
    operation('unequal parts', [signed([2, 5])], (x: tf.Tensor) => {
      const [a, b] = tf.split(x, [2, 3], 1) as [tf.Tensor, tf.Tensor];
      return tf.mul(tf.sum(a, 1), tf.sum(b, 1));
    }),
    operation('one part is not used', [signed([6, 2])], (x: tf.Tensor) => tf.split(x, 3)[1] as tf.Tensor),
    operation('a negative axis', [signed([2, 4])], (x: tf.Tensor) => {
      const [a, b] = tf.split(x, 2, -1) as [tf.Tensor, tf.Tensor];
      return tf.mul(a, b);
    }),
  ],
  Tile: [
    operation('rank 1', [signed([3])], (x: tf.Tensor) => tf.tile(x, [3])),
    operation('rank 2', [signed([2, 3])], (x: tf.Tensor) => tf.tile(x, [2, 3])),
    operation('rank 3', [signed([2, 1, 3])], (x: tf.Tensor) => tf.tile(x, [1, 3, 2])),
    operation('rank 4', [signed([1, 2, 2, 3])], (x: tf.Tensor) => tf.tile(x, [2, 1, 2, 1])),
    operation('rank 5', [signed([1, 2, 1, 2, 3])], (x: tf.Tensor) => tf.tile(x, [2, 1, 2, 1, 1])),
  ],
  Transpose: [
    operation('a matrix', [signed([2, 3])], (x: tf.Tensor) => tf.transpose(x)),
    operation('rank 3', [signed([2, 3, 5])], (x: tf.Tensor) => tf.transpose(x, [2, 0, 1])),
    operation('rank 4', [signed([2, 3, 1, 2])], (x: tf.Tensor) => tf.transpose(x, [0, 3, 1, 2])),
    operation('rank 5', [signed([2, 1, 3, 2, 2])], (x: tf.Tensor) => tf.transpose(x, [4, 0, 2, 1, 3])),
  ],
  Unpack: [
    operation('rows', [signed([2, 3])], (x: tf.Tensor) => {
      const [a, b] = tf.unstack(x) as [tf.Tensor, tf.Tensor];
      return tf.mul(a, b);
    }),
    operation('columns, one not used', [signed([2, 3])], (x: tf.Tensor) => {
      const [a, , c] = tf.unstack(x, 1) as [tf.Tensor, tf.Tensor, tf.Tensor];
      return tf.mul(a, c);
    }),
  ],
  UnsortedSegmentSum: [
    operation('repeated ids', [signed([5, 3])], (x: tf.Tensor) =>
      tf.unsortedSegmentSum(x, int([1, 0, 1, 3, 1]) as tf.Tensor1D, 4),
    ),
    operation('a vector', [signed([5])], (x: tf.Tensor) =>
      tf.unsortedSegmentSum(x, int([1, 0, 1, 3, 1]) as tf.Tensor1D, 4),
    ),
    operation('negative ids are dropped', [signed([4, 3])], (x: tf.Tensor) =>
      tf.unsortedSegmentSum(x, int([1, -1, 1, 0]) as tf.Tensor1D, 2),
    ),
    operation('rank 3', [signed([3, 2, 5])], (x: tf.Tensor) =>
      tf.unsortedSegmentSum(x, int([1, 1, 0]) as tf.Tensor1D, 3),
    ),
  ],
};
