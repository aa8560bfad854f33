/** The arithmetic of folding, in float64. */
import type * as tfl from '@tensorflow/tfjs-layers';
import type { Candidate } from './foldingPlan.js';

/** In float32, rounded once. */
export interface FoldedValues {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

const read = async (weight: tfl.LayerVariable | null | undefined): Promise<ArrayLike<number> | undefined> =>
  weight == null ? undefined : await weight.read().data();

/** Below it the steps between the numbers of float32 are no longer 2^-24 of the largest in a channel. */
const smallest = 2 ** -102;

/**
 * With s = gamma / sqrt(moving variance + epsilon) per channel: kernel * s, and (bias - moving mean) * s + beta.
 *
 * @returns the values, or the reason why they cannot be right.
 */
export async function foldedValues({ state, into }: Candidate): Promise<FoldedValues | string> {
  const mean = (await read(state.movingMean))!;
  const variance = (await read(state.movingVariance))!;
  const [gamma, beta] = [await read(state.gamma), await read(state.beta)];
  const kernel = (await read(into.kernel))!;
  const bias = await read(into.bias);
  const channels = mean.length;

  const scale = new Float64Array(channels);
  const folded = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const radicand = variance[c]! + state.epsilon;
    if (!(radicand > 0) || variance[c]! < 0) {
      return `its moving variance is ${variance[c]} in channel ${c}; it must be a number, and positive or 0 (train it, or mend its weights)`;
    }
    scale[c] = (gamma?.[c] ?? 1) / Math.sqrt(radicand);
    folded[c] = ((bias?.[c] ?? 0) - mean[c]!) * scale[c]! + (beta?.[c] ?? 0);
    if (!isFloat32(folded[c]!)) return `the folded bias of channel ${c} is ${folded[c]}, beyond float32`;
  }

  const product = new Float64Array(kernel.length);
  const largest = new Float64Array(channels);
  for (let i = 0; i < kernel.length; i++) {
    const c = into.kind.channelOf(i, into.kernel.shape, channels);
    product[i] = kernel[i]! * scale[c]!;
    if (!isFloat32(product[i]!)) return `the folded kernel of channel ${c} has ${product[i]}, beyond float32`;
    largest[c] = Math.max(largest[c]!, Math.abs(product[i]!));
  }
  const lost = largest.findIndex((value) => value > 0 && value < smallest);
  if (lost >= 0) {
    return `the folded kernel of channel ${lost} is at most ${largest[lost]}, too small for float32: its moving variance is ${variance[lost]}`;
  }
  return { kernel: Float32Array.from(product), bias: Float32Array.from(folded) };
}

const isFloat32 = (value: number): boolean => Number.isFinite(Math.fround(value));
