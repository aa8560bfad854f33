/** Loads the network that `--checkpoint` names. */
import { CheckpointError, messageOf } from '../errors.js';
import { longestFile } from '../files/longestFile.js';
import { readAtMost } from '../files/readAtMost.js';
import type { Norm } from '../model/architecture.js';
import { decodeCheckpoint } from '../model/checkpoint.js';
import type { LeNet } from '../model/lenet.js';

/** @throws CheckpointError that names the file. */
export async function loadCheckpoint(path: string, norm?: Norm): Promise<LeNet> {
  try {
    return decodeCheckpoint(await readAtMost(path, longestFile.checkpoint), norm);
  } catch (error) {
    throw new CheckpointError(`--checkpoint ${path}: ${messageOf(error)}`, { cause: error });
  }
}
