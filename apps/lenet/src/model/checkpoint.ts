/** A trained network as the bytes of a safetensors file that PyTorch can load as a state dict. */
import { CheckpointError, messageOf } from '../errors.js';
import { exportState, importState } from './arrays.js';
import { LeNet } from './lenet.js';
import { isNorm, type Norm, normNames } from './norms.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

/** Serializes a model: parameters and running statistics, and as metadata its norm and what else the caller says. */
export async function encodeCheckpoint(
  model: LeNet,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const arrays = await exportState(model);
  return writeSafetensors({ arrays, metadata: { format: 'pt', ...metadata, norm: model.norm } });
}

/**
 * Builds the network that a checkpoint holds, whole or not at all.
 *
 * @param norm the norm to expect; left out, the one that the metadata names, or 'batch' where there is none
 * @throws CheckpointError for a damaged file, or one that differs from the network; lists all differences.
 */
export function decodeCheckpoint(bytes: Uint8Array, norm?: Norm): LeNet {
  const { arrays, metadata } = parse(bytes);
  const model = new LeNet(norm ?? metadataNorm(metadata.norm) ?? 'batch');
  try {
    importState(model, arrays);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

function parse(bytes: Uint8Array) {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    throw new CheckpointError(`this is no whole safetensors file: ${messageOf(error)}`, { cause: error });
  }
}

function metadataNorm(name: string | undefined): Norm | undefined {
  if (name === undefined || isNorm(name)) return name;
  throw new CheckpointError(
    `this checkpoint was trained with the norm '${name}', known are ${normNames.join(', ')}`,
  );
}
