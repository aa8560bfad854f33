/** The run that the worker has in hand: a network, and where there is more than weights, the session that trains it. */
import { decodeSnapshot, type LeNet, modelOf, parseCheckpoint, TrainingSession } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';

export interface OpenRun {
  readonly id: string;
  readonly model: LeNet;
  /** Undefined for weights alone. */
  readonly session: TrainingSession | undefined;
}

/**
 * A run before its first step.
 *
 * @param weights a checkpoint of the same architecture to begin with, instead of random weights
 * @throws OptionError, CheckpointError as `TrainingSession.begin`.
 */
export function newRun(
  id: string,
  { norm, placement, ...settings }: RunSettings,
  trainCount: number,
  weights?: Uint8Array,
): OpenRun {
  const session = TrainingSession.begin({ norm, placement }, { ...settings, trainCount }, weights);
  return { id, model: session.model, session };
}

/** @throws CheckpointError where this is no checkpoint of the network. */
export function savedRun(id: string, checkpoint: Uint8Array): OpenRun {
  const contents = parseCheckpoint(checkpoint);
  if (contents.metadata.training === undefined) {
    return { id, model: modelOf(contents), session: undefined };
  }
  const { model, ...state } = decodeSnapshot(checkpoint);
  return { id, model, session: new TrainingSession(model, state) };
}
