/**
 * A run between two steps as one safetensors file: the weights as any checkpoint has them, and in the metadata where
 * training stands. The command line and the page write the same files, and each goes on with the other's.
 */
import { checked } from '../checked.js';
import { type Difference, differenceText } from '../differences.js';
import { CheckpointError } from '../errors.js';
import { encodeCheckpoint, modelOf, parseCheckpoint } from '../model/checkpoint.js';
import type { LeNet } from '../model/lenet.js';
import { type TrainingState, trainingState } from './state.js';

export interface TrainingSnapshot extends TrainingState {
  readonly model: LeNet;
}

/** Serializes a run. */
export async function encodeSnapshot({
  model,
  settings,
  position,
  history,
}: TrainingSnapshot): Promise<Uint8Array> {
  const training = JSON.stringify({ settings, position, history } satisfies TrainingState);
  return encodeCheckpoint(model, { epoch: String(history.length), seed: String(settings.seed), training });
}

/**
 * Builds the model and reads where its training stands, whole or not at all; the caller disposes the model.
 *
 * @throws CheckpointError for a damaged file, one that differs from the network, or one that holds weights only.
 */
export function decodeSnapshot(bytes: Uint8Array): TrainingSnapshot {
  const contents = parseCheckpoint(bytes);
  const state = parseState(contents.metadata.training);
  return { model: modelOf(contents), ...state };
}

/**
 * Only where the training stands, without a model.
 *
 * @throws CheckpointError as above.
 */
export const decodeState = (bytes: Uint8Array): TrainingState =>
  parseState(parseCheckpoint(bytes).metadata.training);

function parseState(text: string | undefined): TrainingState {
  if (text === undefined) {
    throw new CheckpointError(
      'this checkpoint holds only weights, not the state of training: it can be evaluated, but not resumed',
      { code: 'LENET_WEIGHTS_ONLY', details: {} },
    );
  }
  const result = checked(trainingState, parseJson(text));
  if ('data' in result) return result.data;
  throw stateError(result.differences);
}

/** What is wrong entry by entry: the file may have been damaged, or be somebody's own. */
const stateError = (differences: readonly Difference[]): CheckpointError =>
  new CheckpointError(
    "this checkpoint's metadata 'training' is not what this trainer writes, so it cannot be resumed:\n  " +
      differences.map(differenceText).join('\n  '),
    { code: 'LENET_TRAINING_STATE', details: { differences } },
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw stateError([{ name: 'training', wanted: 'JSON', got: text.slice(0, 80) }]);
  }
}
