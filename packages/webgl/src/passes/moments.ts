/** Mean and variance, in two draws. */
import { type NormalizationView, statisticsShape } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { piecesOf } from '../layouts/pieces.js';
import { statisticLayoutOf } from '../layouts/sumLayout.js';
import { mergeMoments } from '../programs/mergeMoments.js';
import { momentPieces } from '../programs/momentPieces.js';
import { draw, type Input } from '../textures/draw.js';
import type { Output, Scope } from '../textures/scope.js';
import { foldedOf, largeInput, outputAs, walkedAccess } from './inputs.js';

export interface MomentOutputs {
  readonly mean: Output;
  readonly variance: Output;
  /** Statistic texels for normalize. */
  readonly statistics: Output;
}

/** Two draws: x is read once. Parameters go into the statistic texels, if they are given. */
export function drawMoments(
  scope: Scope,
  x: tf.TensorInfo,
  view: NormalizationView,
  epsilon: number,
  parameters: readonly Input[] = [],
): MomentOutputs {
  const layout = statisticLayoutOf(x.shape, view);
  const { splits, splitTexels, count, width } = piecesOf(layout);
  const input = largeInput(scope, 'x', x, layout.shape);
  const { variant } = layout;
  const first = scope.texels(count, width);
  const second = variant.walk === 'planes' ? [] : [scope.texels(count, width)];
  draw(scope.backend, {
    source: momentPieces({ ...variant, x: walkedAccess(input, layout), centered: view.centered }),
    inputs: [input],
    uniforms: { ...layout.uniforms, pairCount: layout.pairs, splitTexels },
    targets: [first, ...second],
  });
  const shape = statisticsShape(view);
  const mean = scope.statistic(shape);
  const variance = scope.statistic(shape);
  const statistics = scope.statisticTexels(shape);
  draw(scope.backend, {
    source: mergeMoments({ ...variant, folded: foldedOf(parameters) }),
    inputs: [outputAs('first', first), ...second.map((output) => outputAs('second', output)), ...parameters],
    uniforms: { ...layout.uniforms, pairCount: layout.pairs, splits, pieceWidth: width, epsilon },
    targets: [mean, variance, statistics],
  });
  return { mean, variance, statistics };
}
