/** The run that the worker has in hand: a model, and where its training stands. */

import type { LeNet } from '@bn/lenet';
import {
  createLeNet,
  decodeSnapshot,
  encodeSnapshot,
  modelOf,
  parseCheckpoint,
  randomStreams,
  startOfEpoch,
  type TrainingState,
} from '@bn/lenet';
import type { RunSettings } from '../protocol.js';

export interface OpenRun {
  readonly id: string;
  readonly model: LeNet;
  /** Undefined for weights alone. */
  training: TrainingState | undefined;
}

/**
 * A run before its first step.
 *
 * @param weights a checkpoint of the same architecture to begin with, instead of random weights
 * @throws CheckpointError where the checkpoint is none of this architecture.
 */
export function newRun(
  id: string,
  { norm, placement, ...settings }: RunSettings,
  trainCount: number,
  weights?: Uint8Array,
): OpenRun {
  const { initialization, shuffling } = randomStreams(settings.seed);
  return {
    id,
    model: weights
      ? modelOf(parseCheckpoint(weights), norm)
      : createLeNet({ norm, placement }, initialization),
    training: {
      settings: { ...settings, trainCount },
      position: startOfEpoch(1, shuffling),
      history: [],
    },
  };
}

/** @throws CheckpointError where this is no checkpoint of the network. */
export function savedRun(id: string, checkpoint: Uint8Array): OpenRun {
  const contents = parseCheckpoint(checkpoint);
  if (contents.metadata.training === undefined) {
    return { id, model: modelOf(contents), training: undefined };
  }
  const { model, ...training } = decodeSnapshot(checkpoint);
  return { id, model, training };
}

/** The run as a safetensors file, where it has training to save. */
export const saveRun = async ({ model, training }: OpenRun): Promise<Uint8Array | undefined> =>
  training && (await encodeSnapshot({ model, ...training }));
