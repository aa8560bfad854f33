/** What our kernels are called in tfjs's registry, and what they are told beside their tensors. */
import type { NormalizationView } from '../view.js';

/** Names under which the kernels stand in tfjs's registry; gradients are registered for the same names. */
export const kernelNames = {
  moments: 'NormalizationMoments',
  normalize: 'NormalizationNormalize',
  gradientSums: 'NormalizationGradientSums',
  inputGradient: 'NormalizationInputGradient',
  forward: 'NormalizationForward',
  backward: 'NormalizationBackward',
} as const;

/** No kernel: what the tape calls the step from x to the mean and variance that the kernel `forward` has computed. */
export const statisticsName = 'NormalizationStatistics';

/** No kernel: what the tape calls the step from x to y with the moments of a group. */
export const groupNormalizeName = 'NormalizationOverGroup';

/** The one kernel that is not about x: registered if a backend has it. */
export const movingAverageName = 'NormalizationMovingAverage';

export type KernelName = (typeof kernelNames)[keyof typeof kernelNames];

/** Made once: tfjs looks a name up several times a step, and a newly joined string is hashed again. */
const withGammaNames = Object.fromEntries(
  Object.values(kernelNames).map((name) => [name, `${name}WithGamma`]),
) as Record<KernelName, string>;

/** What every kernel is told beside its tensors. */
export interface KernelAttributes {
  readonly view: NormalizationView;
  readonly epsilon: number;
}

/**
 * A kernel's name, with or without gamma. tfjs wants one fixed list of tensors to save for each name's gradient,
 * and gamma, when there is one, is among them.
 */
export const kernelVariant = (name: KernelName, withGamma: boolean): string =>
  withGamma ? withGammaNames[name] : name;
