/** Sums over dy and x, for statistics and for channels. */
import { elementsPerStatistic, type NormalizationView, statisticsShape } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { piecesOf } from '../layouts/pieces.js';
import { channelLayoutOf, type SumLayout, statisticLayoutOf } from '../layouts/sumLayout.js';
import { mergeChannelSums, mergeStatisticSums } from '../programs/mergeSums.js';
import { type SumPiecesVariant, sumPieces } from '../programs/sumPieces.js';
import { draw, type Input, type UniformValue } from '../textures/draw.js';
import type { Output, Scope } from '../textures/scope.js';
import { largeInput, outputAs, pairsInput, parameterOf, smallInput, walkedAccess } from './inputs.js';

/** What sums of gradients are taken of. */
export interface GradientInputs {
  readonly dy: tf.TensorInfo;
  readonly x: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
  readonly gamma: tf.TensorInfo | undefined;
  readonly view: NormalizationView;
  readonly epsilon: number;
}

/** Sums of the pieces of units, as the draws that put them together read them. */
interface PieceSums {
  readonly layout: SumLayout;
  readonly input: Input;
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

export interface StatisticSums {
  readonly sumDy: Output;
  readonly sumDyXhat: Output;
  /** Statistic texels for inputGradient. */
  readonly statistics: Output;
  readonly pieces: PieceSums;
}

/** Sums for each statistic, in two draws. sumDy and sumDyXhat are tensors if they are kept, else scratch. */
export function drawStatisticSums(scope: Scope, inputs: GradientInputs, keep: boolean): StatisticSums {
  const { x, mean, variance, gamma, view, epsilon } = inputs;
  const layout = statisticLayoutOf(x.shape, view);
  const { gammaWithin } = layout.variant;
  const moments = [smallInput(scope, 'mean', mean), smallInput(scope, 'variance', variance)];
  const within = gammaWithin && gamma ? pairsInput(scope, 'gamma', gamma) : undefined;
  const weight = !gammaWithin && gamma ? smallInput(scope, 'gamma', gamma) : undefined;
  const pieces = drawPieces(scope, inputs, layout, {
    inputs: within ? [...moments, within] : moments,
    gamma: parameterOf(within),
    statistics: 'ofUnit',
    uniforms: { epsilon },
  });
  const shape = statisticsShape(view);
  const [sumDy, sumDyXhat] = [0, 1].map(() => (keep ? scope.statistic(shape) : scope.statisticTexels(shape)));
  const statistics = scope.statisticTexels(shape);
  draw(scope.backend, {
    source: mergeStatisticSums({ ...layout.variant, gamma: weight !== undefined, centered: view.centered }),
    inputs: [pieces.input, ...moments, ...(weight ? [weight] : [])],
    uniforms: { ...layout.uniforms, ...pieces.uniforms, epsilon, elements: elementsPerStatistic(view) },
    targets: [sumDy!, sumDyXhat!, statistics],
  });
  return { sumDy: sumDy!, sumDyXhat: sumDyXhat!, statistics, pieces };
}

/**
 * dGamma and dBeta, in one draw over the pieces that the sums of statistics have left; if a unit is of many channels, in
 * two, which read dy and x once more.
 */
export function drawChannelSums(
  scope: Scope,
  inputs: GradientInputs,
  { statistics, pieces }: StatisticSums,
): { dGamma: Output; dBeta: Output } {
  const { layout, input, uniforms } = pieces.layout.variant.gammaWithin
    ? drawColumnPieces(scope, inputs, statistics)
    : pieces;
  const dGamma = scope.vector(inputs.view.channels);
  const dBeta = scope.vector(inputs.view.channels);
  draw(scope.backend, {
    source: mergeChannelSums(layout.variant),
    inputs: [input],
    uniforms: { ...layout.uniforms, ...uniforms },
    targets: [dGamma, dBeta],
  });
  return { dGamma, dBeta };
}

function drawColumnPieces(scope: Scope, inputs: GradientInputs, statistics: Output): PieceSums {
  const { x, view } = inputs;
  const { groups, channels } = view;
  return drawPieces(scope, inputs, channelLayoutOf(x.shape, view), {
    inputs: [outputAs('statistics', statistics)],
    gamma: 'none',
    statistics: groups === 1 ? 'ofRow' : 'ofRowAndGroup',
    uniforms: { groups, channelsPerGroup: channels / groups },
  });
}

interface PieceOptions extends Pick<SumPiecesVariant, 'gamma' | 'statistics'> {
  readonly inputs: readonly Input[];
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

function drawPieces(
  scope: Scope,
  { dy, x }: GradientInputs,
  layout: SumLayout,
  { inputs, gamma, statistics, uniforms }: PieceOptions,
): PieceSums {
  const { splits, splitTexels, count, width } = piecesOf(layout);
  const xInput = largeInput(scope, 'x', x, layout.shape);
  const dyInput = largeInput(scope, 'dy', dy, layout.shape);
  const sums = scope.texels(count, width);
  draw(scope.backend, {
    source: sumPieces({
      ...layout.variant,
      x: walkedAccess(xInput, layout),
      dy: walkedAccess(dyInput, layout),
      gamma,
      statistics,
    }),
    inputs: [xInput, dyInput, ...inputs],
    uniforms: { ...layout.uniforms, ...uniforms, pairCount: layout.pairs, splitTexels },
    targets: [sums],
  });
  return {
    layout,
    input: outputAs('sums', sums),
    uniforms: { pairCount: layout.pairs, splits, pieceWidth: width },
  };
}
