/**
 * Gradients of the gradients of max poolings and dilations: what comes from above, at the place of each window that dy went to. Which
 * place that is, also of equal ones, the gradient's kernel says itself: for a dy of ones it marks the pixels.
 *
 * Of windows that share pixels it could not be told whose a mark is. So windows are marked in turns that share none.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dilationInfo } from '../dilation.js';
import { runKernel } from './dispatch.js';
import { type PoolingOf, pool, type WindowAxes, windowAxes } from './poolings.js';

interface WindowMaxima {
  readonly axes: WindowAxes;
  readonly dy: tf.Tensor;
  /** The gradient in x. */
  marks(dy: tf.Tensor): tf.Tensor;
  /** In each window. */
  largest(x: tf.Tensor): tf.Tensor;
}

/** Masks of the shape of dy that have each window once, and no two windows that share pixels. */
function turns({ axes, dy }: WindowMaxima): tf.Tensor[] {
  const size = dy.shape.slice(1, -1);
  const counts = axes.window.map((length, axis) =>
    Math.max(1, Math.min(Math.ceil(length / axes.strides[axis]!), size[axis]!)),
  );
  const ofAxis = (axis: number, turn: number): tf.Tensor => {
    const isOn = Array.from({ length: size[axis]! }, (_, i) => i % counts[axis]! === turn);
    return tf.reshape(
      tf.tensor1d(isOn.map(Number)),
      dy.shape.map((_, i) => (i === axis + 1 ? size[axis]! : 1)),
    );
  };
  const start: tf.Tensor[] = [tf.onesLike(dy)];
  return counts.reduce(
    (masks, count, axis) =>
      masks.flatMap((mask) => Array.from({ length: count }, (_, turn) => tf.mul(mask, ofAxis(axis, turn)))),
    start,
  );
}

/** @param valuesOf One of each window, if at most one of its pixels is marked. */
function picked(maxima: WindowMaxima, valuesOf: (isMarked: tf.Tensor) => tf.Tensor): tf.Tensor {
  const nothing = tf.zerosLike(maxima.dy);
  return turns(maxima).reduce((sum: tf.Tensor, turn) => {
    const marks = maxima.marks(turn);
    const isOfTurn = tf.greater(tf.mul(turn, maxima.largest(marks)), 0);
    return tf.add(sum, chosen(isOfTurn, valuesOf(tf.greater(marks, 0)), nothing));
  }, nothing);
}

/** tf.where of vectors: that of volumes is not supported on webgl and webgpu. */
function chosen(condition: tf.Tensor, values: tf.Tensor, others: tf.Tensor): tf.Tensor {
  const [isChosen, a, b] = [condition, values, others].map((z) => tf.reshape(z, [-1]));
  return tf.reshape(tf.where(isChosen!, a!, b!), values.shape);
}

const orNothing = (isMarked: tf.Tensor, values: tf.Tensor): tf.Tensor =>
  chosen(isMarked, values, tf.fill(isMarked.shape, Number.NEGATIVE_INFINITY));

/** The kernel of the places has the same rule as that of the gradient on wasm alone, and knows no window that is all padding. */
function hasPlaces(pooling: PoolingOf): boolean {
  const { pad } = pooling.attributes as unknown as tf.MaxPoolAttrs;
  return tf.getBackend() === 'wasm' && pooling.inShape.length === 4 && typeof pad === 'string';
}

/** A third of the time of marking in turns, for windows of 3 by 3. */
function pickedAtPlaces(ddx: tf.Tensor, x: tf.Tensor, { outShape, attributes }: PoolingOf): tf.Tensor {
  const { filterSize, strides, pad } = attributes as unknown as tf.MaxPoolAttrs;
  // The kernel of the places has no gradient: x moves them only by jumps.
  const placesOf = tf.customGrad((input) => {
    const images = input as tf.Tensor4D;
    const { indexes } = tf.maxPoolWithArgmax(images, filterSize, strides, pad as 'same', true);
    const value = tf.cast(tf.reshape(indexes!, [-1]), 'int32');
    return { value, gradFunc: () => tf.zerosLike(images) };
  });
  return tf.reshape(tf.gather(tf.reshape(ddx, [-1]), placesOf(x)), [...outShape]);
}

function maxPoolSecondGradient(forward: string, backward: string): tf.GradConfig {
  return {
    kernelName: backward,
    inputsToSave: ['input', 'output', 'dy'],
    gradFunc: (ddx, saved, attributes) => {
      const [input, output, dy] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const pooling = { inShape: input.shape, outShape: dy.shape, attributes };
      const maxima: WindowMaxima = {
        axes: windowAxes(pooling),
        dy,
        marks: (ones) => runKernel(backward, { dy: ones, input, output }, attributes),
        largest: (x) => pool(forward, x, pooling),
      };
      return {
        dy: () =>
          hasPlaces(pooling)
            ? pickedAtPlaces(ddx as tf.Tensor, input, pooling)
            : picked(maxima, (isMarked) => maxima.largest(orNothing(isMarked, ddx as tf.Tensor))),
        input: () => tf.zerosLike(input),
        output: () => tf.zerosLike(output),
      };
    },
  };
}

/** The filter adds to the pixels of a window: where x is 0 at one pixel and nothing elsewhere, its value there is left. */
function dilationSecondGradient(target: 'x' | 'filter', backward: string): tf.GradConfig {
  return {
    kernelName: backward,
    inputsToSave: ['x', 'filter', 'dy'],
    gradFunc: (upstream, saved, attributes) => {
      const [x, filter, dy] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const dilate = (z: tf.Tensor, by: tf.Tensor): tf.Tensor =>
        runKernel(tf.Dilation2D, { x: z, filter: by }, attributes);
      const { strideHeight, strideWidth, effectiveFilterHeight, effectiveFilterWidth } = dilationInfo(
        x,
        filter,
        attributes,
      );
      const maxima: WindowMaxima = {
        axes: {
          window: [effectiveFilterHeight, effectiveFilterWidth],
          strides: [strideHeight, strideWidth],
        },
        dy,
        marks: (ones) => runKernel(tf.Dilation2DBackpropInput, { x, filter, dy: ones }, attributes),
        largest: (z) => dilate(z, tf.zerosLike(filter)),
      };
      const ddx = upstream as tf.Tensor;
      return {
        dy: () =>
          picked(maxima, (isMarked) =>
            target === 'x'
              ? maxima.largest(orNothing(isMarked, ddx))
              : dilate(orNothing(isMarked, tf.zerosLike(x)), ddx),
          ),
        x: () => tf.zerosLike(x),
        filter: () => tf.zerosLike(filter),
      };
    },
  };
}

export const maximaSecondGradients: readonly tf.GradConfig[] = [
  maxPoolSecondGradient(tf.MaxPool, tf.MaxPoolGrad),
  maxPoolSecondGradient(tf.MaxPool3D, tf.MaxPool3DGrad),
  dilationSecondGradient('x', tf.Dilation2DBackpropInput),
  dilationSecondGradient('filter', tf.Dilation2DBackpropFilter),
];
