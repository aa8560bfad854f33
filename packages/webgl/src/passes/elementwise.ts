/** The passes that write a tensor the size of x, in one draw each. */
import type { NormalizationView } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../glsl/addressing.js';
import { type ElementVariant, elementLayoutOf } from '../layouts/elementLayout.js';
import { inputGradient } from '../programs/inputGradient.js';
import { normalize } from '../programs/normalize.js';
import { draw, type SizedTexture } from '../textures/draw.js';
import type { Output, Scope } from '../textures/scope.js';
import { elementsVariant, largeInput, outputAs, type PairsInput, pairsInput, parameterOf } from './inputs.js';

const optional = (scope: Scope, name: string, info: tf.TensorInfo | undefined): PairsInput | undefined =>
  info && pairsInput(scope, name, info);

const given = <T>(...inputs: readonly (T | undefined)[]): T[] =>
  inputs.filter((input) => input !== undefined);

function parameterIn(
  { aligned, positions }: ElementVariant,
  input: PairsInput | undefined,
  { width }: SizedTexture,
): Parameter {
  const byColumn = positions === 'columns' || positions === 'rows';
  return aligned && byColumn && input?.oneRow && input.width === width ? 'targetRow' : parameterOf(input);
}

/** Parameters that are not in the statistic texels. */
interface Parameters {
  readonly gamma?: tf.TensorInfo | undefined;
  readonly beta?: tf.TensorInfo | undefined;
}

/** y, of x and statistic texels. */
export function drawNormalize(
  scope: Scope,
  x: tf.TensorInfo,
  statistics: Output,
  { gamma, beta }: Parameters,
  view: NormalizationView,
): Output {
  const y = scope.output(x.shape);
  const { variant, uniforms } = elementLayoutOf(x.shape, view, y.width);
  const xInput = largeInput(scope, 'x', x, x.shape);
  const gammaInput = optional(scope, 'gamma', gamma);
  const betaInput = optional(scope, 'beta', beta);
  draw(scope.backend, {
    source: normalize({
      ...variant,
      x: elementsVariant(xInput, y),
      gamma: parameterIn(variant, gammaInput, y),
      beta: parameterIn(variant, betaInput, y),
    }),
    inputs: [xInput, outputAs('statistics', statistics), ...given(gammaInput, betaInput)],
    uniforms,
    targets: [y],
  });
  return y;
}

/** dx, of dy, x and statistic texels, and of gamma if it is not in them. */
export function drawInputGradient(
  scope: Scope,
  dy: tf.TensorInfo,
  x: tf.TensorInfo,
  statistics: Output,
  gamma: tf.TensorInfo | undefined,
  view: NormalizationView,
): Output {
  const dx = scope.output(x.shape);
  const { variant, uniforms } = elementLayoutOf(x.shape, view, dx.width);
  const dyInput = largeInput(scope, 'dy', dy, x.shape);
  const xInput = largeInput(scope, 'x', x, x.shape);
  const gammaInput = optional(scope, 'gamma', gamma);
  draw(scope.backend, {
    source: inputGradient({
      ...variant,
      x: elementsVariant(xInput, dx),
      dy: elementsVariant(dyInput, dx),
      gamma: parameterIn(variant, gammaInput, dx),
    }),
    inputs: [dyInput, xInput, outputAs('statistics', statistics), ...given(gammaInput)],
    uniforms,
    targets: [dx],
  });
  return dx;
}
