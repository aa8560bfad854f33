/** What may stand behind a layer, by name. */
import { type Norm, norms, type Random } from '@bn/lenet';
import { LpNorm } from './lpNorm.js';
import { NoisyBatchNorm } from './noisyBatchNorm.js';
import type { StudyNorm } from './normNames.js';
import { PlacedBatchNorm } from './placedBatchNorm.js';
import type { PlacedNorm } from './placedNorm.js';

/**
 * @param shape of one sample: `[height, width, channels]` or `[features]`
 * @param random draws the noise of noisyBatch
 */
export function createNorm(
  kind: StudyNorm,
  shape: readonly number[],
  random: Random,
): PlacedNorm | undefined {
  const channels = shape.at(-1)!;
  switch (kind) {
    case 'none':
      return undefined;
    case 'batch':
      return new PlacedBatchNorm(channels);
    case 'l1':
      return new LpNorm(1, channels);
    case 'l2':
      return new LpNorm(2, channels);
    case 'linf':
      return new LpNorm(Number.POSITIVE_INFINITY, channels);
    case 'noisyBatch':
      return new NoisyBatchNorm(new PlacedBatchNorm(channels), random);
    default:
      return perSample(kind, shape);
  }
}

/** The norms of apps/lenet whose statistics do not leave the sample. */
function perSample(kind: Exclude<Norm, 'batch' | 'none'>, shape: readonly number[]): PlacedNorm {
  const layer = norms[kind](shape)!;
  return {
    trainable: layer.trainableWeights,
    apply: (x) => layer.apply(x),
    dispose: () => layer.dispose(),
  };
}
