/** Operations that move elements and compute nothing. */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray, moveElements, reshaped, sizeOf } from './array.js';
import { defineKernel } from './backend.js';

defineKernel<tf.ReshapeAttrs>(tf.Reshape, ({ x }, { shape }) =>
  reshaped(x!, tf.util.inferFromImplicitShape(shape, x!.data.length)),
);

defineKernel<tf.ExpandDimsAttrs>(tf.ExpandDims, ({ input }, { dim }) => {
  const shape = [...input!.shape];
  shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1);
  return reshaped(input!, shape);
});

export function transpose(x: Float64NdArray, permutation: readonly number[]): Float64NdArray {
  const shape = permutation.map((axis) => x.shape[axis]!);
  return moveElements(x, shape, (index) => {
    const source: number[] = [];
    permutation.forEach((axis, i) => {
      source[axis] = index[i]!;
    });
    return source;
  });
}

defineKernel<tf.TransposeAttrs>(tf.Transpose, ({ x }, { perm }) => transpose(x!, perm));

export function slice(x: Float64NdArray, begin: readonly number[], size: readonly number[]): Float64NdArray {
  return moveElements(x, size, (index) => index.map((i, axis) => i + begin[axis]!));
}

defineKernel<tf.SliceAttrs>(tf.Slice, ({ x }, { begin, size }) => {
  const [from, lengths] = tf.slice_util.parseSliceParams(
    x as unknown as tf.TensorInfo & { rank: number },
    begin,
    size,
  );
  return slice(x!, from, lengths);
});

defineKernel<tf.StridedSliceAttrs>(tf.StridedSlice, ({ x }, attributes) => {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const info = tf.slice_util.sliceInfo(
    x!.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const picked = moveElements(x!, info.finalShapeSparse, (index) =>
    index.map((i, axis) => info.begin[axis]! + i * info.strides[axis]!),
  );
  return reshaped(picked, info.finalShape);
});

function concatenate(parts: Float64NdArray[], axis: number): Float64NdArray {
  const along = axis < 0 ? axis + parts[0]!.shape.length : axis;
  const outer = sizeOf(parts[0]!.shape.slice(0, along));
  const shape = [...parts[0]!.shape];
  shape[along] = parts.reduce((total, part) => total + part.shape[along]!, 0);
  const data: number[] = [];
  for (let i = 0; i < outer; ++i) {
    for (const part of parts) {
      const run = part.data.length / outer;
      data.push(...part.data.subarray(i * run, (i + 1) * run));
    }
  }
  return array(shape, Float64Array.from(data), parts[0]!.dtype);
}

defineKernel<tf.ConcatAttrs>(tf.Concat, (inputs, { axis }) => concatenate(Object.values(inputs), axis));

defineKernel<tf.PackAttrs>(tf.Pack, (inputs, { axis }) => {
  const arrays = Object.values(inputs);
  const along = axis < 0 ? axis + arrays[0]!.shape.length + 1 : axis;
  const parts = arrays.map((x) => reshaped(x, [...x.shape.slice(0, along), 1, ...x.shape.slice(along)]));
  return concatenate(parts, along);
});

function split(x: Float64NdArray, lengths: readonly number[], axis: number): Float64NdArray[] {
  let start = 0;
  return lengths.map((length) => {
    const begin = x.shape.map((_, i) => (i === axis ? start : 0));
    start += length;
    return slice(
      x,
      begin,
      x.shape.map((full, i) => (i === axis ? length : full)),
    );
  });
}

defineKernel<tf.SplitVAttrs>(tf.SplitV, ({ x }, { numOrSizeSplits, axis }) => {
  const along = axis < 0 ? axis + x!.shape.length : axis;
  const shape = { shape: x!.shape } as tf.Tensor;
  return split(x!, tf.backend_util.prepareSplitSize(shape, numOrSizeSplits, along), along);
});

defineKernel<tf.UnpackAttrs>(tf.Unpack, ({ value }, { axis }) => {
  const along = axis < 0 ? axis + value!.shape.length : axis;
  const ones = new Array<number>(value!.shape[along]!).fill(1);
  const shape = value!.shape.filter((_, i) => i !== along);
  return split(value!, ones, along).map((part) => reshaped(part, shape));
});

defineKernel<tf.PadV2Attrs>(tf.PadV2, ({ x }, { paddings, constantValue }) => {
  const shape = x!.shape.map((length, i) => length + paddings[i]![0] + paddings[i]![1]);
  const outside = constantValue ?? 0;
  const marked = { ...x!, data: x!.data.map((value) => value - outside) };
  const padded = moveElements(marked, shape, (index) => {
    const source = index.map((i, axis) => i - paddings[axis]![0]);
    return source.every((i, axis) => i >= 0 && i < x!.shape[axis]!) ? source : undefined;
  });
  return { ...padded, data: padded.data.map((value) => value + outside) };
});

/** Borders are mirrored, without ('reflect') or with ('symmetric') the outermost element itself. */
defineKernel<tf.MirrorPadAttrs>(tf.MirrorPad, ({ x }, { paddings, mode }) => {
  const skipped = mode === 'reflect' ? 1 : 0;
  return moveElements(
    x!,
    x!.shape.map((length, i) => length + paddings[i]![0] + paddings[i]![1]),
    (index) =>
      index.map((i, axis) => {
        const length = x!.shape[axis]!;
        const at = i - paddings[axis]![0];
        if (at < 0) return -at - 1 + skipped;
        return at >= length ? 2 * length - at - 1 - skipped : at;
      }),
  );
});

defineKernel<tf.TileAttrs>(tf.Tile, ({ x }, { reps }) =>
  moveElements(
    x!,
    x!.shape.map((length, i) => length * reps[i]!),
    (index) => index.map((i, axis) => i % x!.shape[axis]!),
  ),
);

defineKernel<tf.ReverseAttrs>(tf.Reverse, ({ x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims, x!.shape);
  return moveElements(x!, x!.shape, (index) =>
    index.map((i, axis) => (axes.includes(axis) ? x!.shape[axis]! - 1 - i : i)),
  );
});

defineKernel<tf.BroadCastToAttrs>(tf.BroadcastTo, ({ x }, { shape }) => {
  const missing = shape.length - x!.shape.length;
  return moveElements(x!, shape, (index) =>
    x!.shape.map((length, i) => (length === 1 ? 0 : index[i + missing]!)),
  );
});

/** The batch holds prod(block) images, one for each place in a block of pixels. */
defineKernel<tf.BatchToSpaceNDAttrs>(tf.BatchToSpaceND, ({ x }, { blockShape, crops }) => {
  const batch = x!.shape[0]! / sizeOf(blockShape);
  const blocks = blockShape.length;
  const shape = [
    batch,
    ...blockShape.map((block, i) => x!.shape[i + 1]! * block - crops[i]![0]! - crops[i]![1]!),
    ...x!.shape.slice(blocks + 1),
  ];
  return moveElements(x!, shape, (index) => {
    const at = blockShape.map((_, i) => index[i + 1]! + crops[i]![0]!);
    const place = at.reduce((sum, value, i) => sum * blockShape[i]! + (value % blockShape[i]!), 0);
    return [
      place * batch + index[0]!,
      ...at.map((value, i) => Math.floor(value / blockShape[i]!)),
      ...index.slice(blocks + 1),
    ];
  });
});

defineKernel<tf.SpaceToBatchNDAttrs>(tf.SpaceToBatchND, ({ x }, { blockShape, paddings }) => {
  const batch = x!.shape[0]!;
  const blocks = blockShape.length;
  const shape = [
    batch * sizeOf(blockShape),
    ...blockShape.map((block, i) => (x!.shape[i + 1]! + paddings[i]![0]! + paddings[i]![1]!) / block),
    ...x!.shape.slice(blocks + 1),
  ];
  return moveElements(x!, shape, (index) => {
    let place = Math.floor(index[0]! / batch);
    const at: number[] = [];
    for (let i = blocks - 1; i >= 0; --i) {
      at[i] = index[i + 1]! * blockShape[i]! + (place % blockShape[i]!) - paddings[i]![0]!;
      place = Math.floor(place / blockShape[i]!);
    }
    const inside = at.every((value, i) => value >= 0 && value < x!.shape[i + 1]!);
    return inside ? [index[0]! % batch, ...at, ...index.slice(blocks + 1)] : undefined;
  });
});
