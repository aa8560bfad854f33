/** Operations that take indices. */
import * as tf from '@tensorflow/tfjs-core';
import { array, axesOf, moveElements, sizeOf, stridesOf } from './array.js';
import { defineKernel } from './backend.js';

/** y[batch, outer, indices..., inner] = x[batch, outer, index, inner] */
defineKernel<tf.GatherV2Attrs>(tf.GatherV2, ({ x, indices }, { axis, batchDims }) => {
  const [along] = axesOf(axis, x!.shape.length) as [number];
  const shared = batchDims < 0 ? batchDims + indices!.shape.length : batchDims;
  const picked = indices!.shape.slice(shared);
  const shape = [...x!.shape.slice(0, along), ...picked, ...x!.shape.slice(along + 1)];
  const strides = stridesOf(indices!.shape);
  return moveElements(x!, shape, (index) => {
    const place = [...index.slice(0, shared), ...index.slice(along, along + picked.length)];
    const at = indices!.data[place.reduce((sum, value, i) => sum + value * strides[i]!, 0)]!;
    return [...index.slice(0, along), at, ...index.slice(along + picked.length)];
  });
});

/** Each row of indices names an element, or a slice, of params. */
defineKernel(tf.GatherNd, ({ params, indices }) => {
  const depth = indices!.shape.at(-1)!;
  const outer = indices!.shape.slice(0, -1);
  const strides = stridesOf(indices!.shape);
  return moveElements(params!, [...outer, ...params!.shape.slice(depth)], (index) => {
    const row = outer.reduce((sum, _, i) => sum + index[i]! * strides[i]!, 0);
    return [...indices!.data.subarray(row, row + depth), ...index.slice(outer.length)];
  });
});

defineKernel<tf.ScatterNdAttrs>(tf.ScatterNd, ({ indices, updates }, { shape }) => {
  const depth = indices!.shape.at(-1)!;
  const rows = indices!.data.length / depth;
  const run = sizeOf(shape.slice(depth));
  const strides = stridesOf(shape);
  const y = array(shape);
  for (let row = 0; row < rows; ++row) {
    let start = 0;
    for (let i = 0; i < depth; ++i) start += indices!.data[row * depth + i]! * strides[i]!;
    for (let i = 0; i < run; ++i) y.data[start + i]! += updates!.data[row * run + i]!;
  }
  return y;
});

/** y[s] = sum of x[i] over the i with segmentIds[i] = s; negative ids are dropped. */
defineKernel<tf.UnsortedSegmentSumAttrs>(tf.UnsortedSegmentSum, ({ x, segmentIds }, { numSegments }) => {
  const run = x!.data.length / segmentIds!.data.length;
  const y = array([numSegments, ...x!.shape.slice(segmentIds!.shape.length)]);
  segmentIds!.data.forEach((segment, row) => {
    if (segment < 0 || segment >= numSegments) return;
    for (let i = 0; i < run; ++i) y.data[segment * run + i]! += x!.data[row * run + i]!;
  });
  return y;
});

defineKernel<tf.OneHotAttrs>(tf.OneHot, ({ indices }, { dtype, depth, onValue, offValue }) => {
  const y = array([...indices!.shape, depth], undefined, dtype);
  y.data.fill(offValue);
  indices!.data.forEach((index, row) => {
    if (index >= 0 && index < depth) y.data[row * depth + index] = onValue;
  });
  return y;
});

/** How often each value occurs in each row, or the sum of its weights. */
defineKernel<tf.DenseBincountAttrs>(tf.DenseBincount, ({ x, weights }, { size, binaryOutput }) => {
  const rows = x!.shape.length === 2 ? x!.shape[0]! : 1;
  const y = array(x!.shape.length === 2 ? [rows, size] : [size]);
  const perRow = x!.data.length / rows;
  x!.data.forEach((value, i) => {
    if (value >= size) return;
    const at = Math.floor(i / perRow) * size + value;
    if (binaryOutput) y.data[at] = 1;
    else y.data[at]! += weights!.data.length > 0 ? weights!.data[i]! : 1;
  });
  return y;
});
