/** Normalization layers that are adapted. */
import { Normalization, type NormalizationArguments } from '../../../src/index.js';

export type Data = Parameters<Normalization['adapt']>[0];

export async function adapted(data: Data, args: NormalizationArguments = {}): Promise<Normalization> {
  const norm = new Normalization(args);
  await norm.adapt(data);
  return norm;
}
