/** Tensors as the shaders read them: where their texels are, and how an element is found among them. */
import { webgl_util } from '@tensorflow/tfjs-backend-webgl';
import type * as tf from '@tensorflow/tfjs-core';
import type { UniformValue } from './draw.js';
import type { Folded } from './glsl/statistics.js';
import { checkFits, type Output, type Scope } from './scope.js';
import { texelsOf } from './texels.js';

/**
 * How a tensor the size of x is read, by texels of the shape that a program walks:
 *
 * - 'texel': packed in that shape, one fetch for a texel;
 * - 'flat': not packed, four fetches;
 * - 'lane': packed in another shape, four fetches of which each picks a lane.
 */
export type Access = 'texel' | 'flat' | 'lane';

export interface Input {
  /** Of the sampler. */
  readonly name: string;
  readonly texture: WebGLTexture;
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

export interface LargeInput extends Input {
  readonly access: Access;
  /** Texels (values, where not packed) in a row of the texture. */
  readonly width: number;
}

/**
 * A tensor the size of x, under its name in the shaders. What is still on the CPU is uploaded packed; nothing is packed or
 * unpacked.
 */
export function largeInput(
  scope: Scope,
  name: string,
  info: tf.TensorInfo,
  shape: readonly number[],
): LargeInput {
  const { texture, isPacked, texShape, layout, offset } = dataOf(scope, info);
  if (!isPacked) {
    const width = texShape[1];
    return {
      name,
      access: 'flat',
      texture,
      width,
      uniforms: { [`${name}Width`]: width, [`${name}Offset`]: offset },
    };
  }
  const width = Math.ceil(texShape[1] / 2);
  if (webgl_util.isReshapeFree([...layout], [...shape])) {
    return { name, access: 'texel', texture, width, uniforms: { [`${name}Width`]: width } };
  }
  const { rows, columns } = texelsOf(layout);
  return {
    name,
    access: 'lane',
    texture,
    width,
    uniforms: { [`${name}Width`]: width, [`${name}Size`]: [rows, columns] },
  };
}

/** A small tensor of which shaders pick single elements, by index; see glsl/small.ts. */
export function smallInput(scope: Scope, name: string, info: tf.TensorInfo): Input {
  const { texture, isPacked, texShape, layout, offset } = dataOf(scope, info);
  if (!isPacked) return { name, texture, uniforms: { [`${name}Layout`]: [texShape[1], 0, offset] } };
  const width = Math.ceil(texShape[1] / 2);
  const { batches, rows, columns } = texelsOf(layout);
  const inOrder = rows === 1 && (batches === 1 || columns === 1 || columns % 2 === 0);
  if (inOrder) return { name, texture, uniforms: { [`${name}Layout`]: [width, columns === 1 ? 0 : 1, 0] } };
  const unpacked = scope.backend.unpackTensor(info);
  scope.borrow(unpacked);
  return smallInput(scope, name, unpacked);
}

/** A vector of parameters of which shaders read two neighbours with one fetch: packed, if need be. */
export interface PairsInput extends Input {
  /** Whether all is in one row of texels. */
  readonly oneRow: boolean;
}

export function pairsInput(scope: Scope, name: string, info: tf.TensorInfo): PairsInput {
  const { texture, isPacked, texShape, layout } = dataOf(scope, info);
  if (!isPacked || !webgl_util.isReshapeFree([...layout], [...info.shape])) {
    const vector = isPacked ? scope.backend.unpackTensor(info) : info;
    if (vector !== info) scope.borrow(vector);
    const packed = scope.backend.packTensor(vector);
    scope.borrow(packed);
    return pairsInput(scope, name, packed);
  }
  const [height, width] = texShape.map((size) => Math.ceil(size / 2)) as [number, number];
  return { name, texture, oneRow: height === 1, uniforms: { [`${name}Width`]: width } };
}

/** Gamma and beta, as they go into statistic texels. */
export const foldedOf = (parameters: readonly Input[]): Folded => ({
  gamma: parameters.some(({ name }) => name === 'gamma'),
  beta: parameters.some(({ name }) => name === 'beta'),
});

/** How a shader reads a vector of parameters, if it is given one. */
export type Parameter = 'none' | 'oneRow' | 'rows';

export const parameterOf = (input: PairsInput | undefined): Parameter =>
  input === undefined ? 'none' : input.oneRow ? 'oneRow' : 'rows';

/** What an earlier draw has left, under the name by which the next one reads it. */
export const outputAs = (name: string, { texture }: Output): Input => ({ name, texture, uniforms: {} });

/** The texture of a tensor, which is uploaded as packed where it has none. */
function dataOf({ backend }: Scope, info: tf.TensorInfo) {
  const dataId = info.dataId as tf.DataId;
  const data = backend.texData.get(dataId);
  if (data.texture == null) {
    checkFits(info.shape);
    data.isPacked = true;
    data.shape = info.shape;
  }
  const texture = backend.getTexture(dataId);
  const { isPacked = false, texShape, shape, slice } = backend.texData.get(dataId);
  return { texture, isPacked, texShape: texShape!, layout: shape, offset: slice?.flatOffset ?? 0 };
}
