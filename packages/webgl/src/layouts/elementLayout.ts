/** How an element-wise pass finds sample, channel, statistic and parameters of the elements of a texel. */
import { layoutOf, type NormalizationView } from '@bn/core';
import type { UniformValue } from '../textures/draw.js';
import { geometryOf, isRagged, rowsInOrder, sampleLines, texelsOf, unitTexels } from '../textures/texels.js';

/** Below it a quotient of two integers may be taken of floats; see `quotient` of glsl/addressing.ts. */
const LARGEST_QUOTIENT = 2 ** 20;

/** How sample and channel of an element are found; see glsl/positions.ts. */
export type Positions = 'planes' | 'channelRows' | 'columns' | 'rows' | 'elements';

/** What a statistic is one of: a channel, a sample, a channel of a sample, a group of channels of a sample. */
export type StatisticOf = 'channel' | 'sample' | 'unit' | 'group';

/** What the shaders of element-wise passes are made for. */
export interface ElementVariant {
  readonly positions: Positions;
  readonly statisticOf: StatisticOf;
  /** As in `SumVariant`. */
  readonly rowsInOrder: boolean;
  /** Whether some lanes of some texels are beyond the tensor. */
  readonly ragged: boolean;
  /** Whether a row of the target is a row of texels of the last two axes. */
  readonly aligned: boolean;
  /** Whether there are samples, or rows of texels, by the million. */
  readonly many: boolean;
}

/** How an element-wise pass finds its statistics and parameters, in the texels of x's own shape. */
export interface ElementLayout {
  readonly variant: ElementVariant;
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

/**
 * The first family that fits. Order matters if axes of size 1 make a shape fit several: what comes first has fewer, longer
 * units.
 */
export function positionsOf(shape: readonly number[], view: NormalizationView): Positions {
  const { outer, channels, inner } = view;
  const { rows, columns } = texelsOf(shape);
  if ((outer === 1 || channels === 1) && (outer * inner) % (rows * columns) === 0) return 'planes';
  const { walk } = layoutOf(view);
  if (columns === channels && walk !== 'planes') return walk;
  return columns === inner && rows === channels ? 'channelRows' : 'elements';
}

export function elementLayoutOf(
  shape: readonly number[],
  view: NormalizationView,
  targetWidth: number,
): ElementLayout {
  const { outer, channels, inner, groups, acrossBatch } = view;
  const texels = texelsOf(shape);
  const perSample = groups === 1 ? 'sample' : groups === channels ? 'unit' : 'group';
  return {
    variant: {
      positions: positionsOf(shape, view),
      statisticOf: acrossBatch ? 'channel' : perSample,
      rowsInOrder: rowsInOrder(texels),
      ragged: isRagged(texels),
      aligned: targetWidth === texels.texelColumns,
      many: Math.max(view.batch * channels, texels.batches * texels.texelRows) >= LARGEST_QUOTIENT,
    },
    uniforms: {
      ...geometryOf(texels),
      channelCount: channels,
      channelsPerGroup: channels / groups,
      unitTexels: unitTexels(texels, outer * inner),
      sampleLines: sampleLines(texels, outer),
    },
  };
}
