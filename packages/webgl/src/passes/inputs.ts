/** Tensors as the shaders read them: where their texels are, and how an element is found among them. */
import { webgl_util } from '@tensorflow/tfjs-backend-webgl';
import type * as tf from '@tensorflow/tfjs-core';
import type { Access, Parameter, WalkedAccess } from '../glsl/addressing.js';
import type { ElementsVariant } from '../glsl/elements.js';
import type { Folded } from '../glsl/statistics.js';
import type { SumLayout } from '../layouts/sumLayout.js';
import type { Input, SizedTexture } from '../textures/draw.js';
import { checkFits, type Output, type Scope } from '../textures/scope.js';
import { withShapeUniforms } from '../textures/shapeUniforms.js';
import { texelsOf } from '../textures/texels.js';

export interface LargeInput extends Input {
  readonly access: Access;
}

/**
 * A tensor the size of x, under its name in the shaders. Data that are still on the CPU are uploaded packed; nothing is packed
 * or unpacked.
 */
export function largeInput(
  scope: Scope,
  name: string,
  info: tf.TensorInfo,
  shape: readonly number[],
): LargeInput {
  const { sampled, isPacked, layout, offset } = dataOf(scope, info);
  const input = { name, ...sampled };
  const width = { [`${name}Width`]: sampled.width };
  if (!isPacked) return { ...input, access: 'flat', uniforms: { ...width, [`${name}Offset`]: offset } };
  if (webgl_util.isReshapeFree([...layout], [...shape]))
    return { ...input, access: 'texel', uniforms: width };
  const { rows, columns } = texelsOf(layout);
  return { ...input, access: 'lane', uniforms: { ...width, [`${name}Size`]: [rows, columns] } };
}

/** How a walk reads an input. */
export const walkedAccess = ({ access, width }: LargeInput, { variant, shape }: SumLayout): WalkedAccess =>
  access === 'texel' && variant.walk !== 'planes' && width === texelsOf(shape).texelColumns
    ? 'straight'
    : access;

/** How an element-wise pass reads an input: 'same' if its texels lie as those of the target do. */
export const elementsVariant = (
  { access, width, height }: LargeInput,
  target: SizedTexture,
): ElementsVariant =>
  access === 'texel' && width === target.width && height === target.height ? 'same' : access;

/** A small tensor of which shaders pick single elements, by index; see glsl/addressing.ts. */
export function smallInput(scope: Scope, name: string, info: tf.TensorInfo): Input {
  const { sampled, isPacked, layout, offset } = dataOf(scope, info);
  const places = (shift: number) => ({ [`${name}Layout`]: [sampled.width, shift, offset] });
  if (!isPacked) return { name, ...sampled, uniforms: places(0) };
  const { batches, rows, columns } = texelsOf(layout);
  const inOrder = rows === 1 && (batches === 1 || columns === 1 || columns % 2 === 0);
  if (inOrder) return { name, ...sampled, uniforms: places(columns === 1 ? 0 : 1) };
  const unpacked = withShapeUniforms(() => scope.backend.unpackTensor(info));
  scope.borrow(unpacked);
  return smallInput(scope, name, unpacked);
}

/** A vector of parameters of which shaders read two neighbours with one fetch: packed, if need be. */
export interface PairsInput extends Input {
  /** Whether all is in one row of texels. */
  readonly oneRow: boolean;
}

export function pairsInput(scope: Scope, name: string, info: tf.TensorInfo): PairsInput {
  const { sampled, isPacked, layout } = dataOf(scope, info);
  if (!isPacked || !webgl_util.isReshapeFree([...layout], [...info.shape])) {
    const vector = isPacked ? withShapeUniforms(() => scope.backend.unpackTensor(info)) : info;
    if (vector !== info) scope.borrow(vector);
    const packed = withShapeUniforms(() => scope.backend.packTensor(vector));
    scope.borrow(packed);
    return pairsInput(scope, name, packed);
  }
  return { name, ...sampled, oneRow: sampled.height === 1, uniforms: { [`${name}Width`]: sampled.width } };
}

/** Gamma and beta, as they go into statistic texels. */
export const foldedOf = (parameters: readonly Input[]): Folded => ({
  gamma: parameters.some(({ name }) => name === 'gamma'),
  beta: parameters.some(({ name }) => name === 'beta'),
});

export const parameterOf = (input: PairsInput | undefined): Parameter =>
  input === undefined ? 'none' : input.oneRow ? 'oneRow' : 'rows';

/** What an earlier draw has left, under the name by which the next one reads it. */
export const outputAs = (name: string, { info: _, ...sampled }: Output): Input => ({
  name,
  ...sampled,
  uniforms: {},
});

/** The texture and layout of a tensor, which is uploaded as packed if it has none. */
function dataOf({ backend }: Scope, info: tf.TensorInfo) {
  const dataId = info.dataId as tf.DataId;
  const data = backend.texData.get(dataId);
  if (data.texture == null) {
    checkFits(info.shape);
    data.isPacked = true;
    data.shape = info.shape;
  }
  const texture = withShapeUniforms(() => backend.getTexture(dataId));
  const { isPacked = false, texShape, shape, slice } = backend.texData.get(dataId);
  const [height, width] = texShape!.map((size) => Math.ceil(size / (isPacked ? 2 : 1))) as [number, number];
  return { sampled: { texture, width, height }, isPacked, layout: shape, offset: slice?.flatOffset ?? 0 };
}
