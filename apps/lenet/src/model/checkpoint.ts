/** A trained network as the bytes of a safetensors file that PyTorch can load as a state dict. */
import { DtypeError, readSafetensors, type SafetensorsContents, writeSafetensors } from '@bn/exchange';
import { CheckpointError, messageOf, reasonOf } from '../errors.js';
import { exportState, importState } from './arrays.js';
import { LeNet } from './lenet.js';
import { isNorm, isPlacement, type Norm, normNames, type Placement, placements } from './norms.js';
import { type NamedArrays, stateArrays, unusable } from './stateArrays.js';

/** Serializes a model: parameters and running statistics, and as metadata its architecture and what else the caller says. */
export async function encodeCheckpoint(
  model: LeNet,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const arrays = await exportState(model);
  return writeSafetensors({
    arrays,
    metadata: { format: 'pt', ...metadata, norm: model.norm, placement: model.placement },
  });
}

/**
 * Builds the network that a checkpoint holds, whole or not at all.
 *
 * @param norm the norm to expect; left out, the one that the metadata names, or 'batch' where there is none
 * @throws CheckpointError for a damaged file, or one that differs from the network; lists all differences.
 */
export function decodeCheckpoint(bytes: Uint8Array, norm?: Norm): LeNet {
  return modelOf(parseCheckpoint(bytes), norm);
}

/** The network of a checkpoint already parsed; see `decodeCheckpoint`. */
export function modelOf({ arrays, metadata }: CheckpointContents, norm?: Norm): LeNet {
  const model = new LeNet({
    norm: norm ?? metadataNorm(metadata.norm) ?? 'batch',
    placement: metadataPlacement(metadata.placement) ?? 'before',
  });
  try {
    importState(model, arrays);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** What a file holds, in the types of a state dict. */
export interface CheckpointContents {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws CheckpointError where the file is damaged. */
export function parseCheckpoint(bytes: Uint8Array): CheckpointContents {
  const { arrays, metadata } = contentsOf(bytes);
  return { arrays: stateArrays(arrays), metadata };
}

function contentsOf(bytes: Uint8Array): SafetensorsContents {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (error instanceof DtypeError) throw unusable(error.details.name, error.details.got, error);
    throw new CheckpointError(`this is not a valid safetensors file: ${messageOf(error)}`, {
      code: 'LENET_NOT_SAFETENSORS',
      details: { reason: reasonOf(error) },
      cause: error,
    });
  }
}

function metadataNorm(name: string | undefined): Norm | undefined {
  if (name === undefined || isNorm(name)) return name;
  const known = normNames.join(', ');
  throw new CheckpointError(`this checkpoint was trained with the norm '${name}', known are ${known}`, {
    code: 'LENET_UNKNOWN_NORM',
    details: { got: name, known },
  });
}

function metadataPlacement(name: string | undefined): Placement | undefined {
  if (name === undefined || isPlacement(name)) return name;
  const known = placements.join(', ');
  throw new CheckpointError(`this checkpoint's norm is placed '${name}' the activation, known are ${known}`, {
    code: 'LENET_UNKNOWN_PLACEMENT',
    details: { got: name, known },
  });
}
