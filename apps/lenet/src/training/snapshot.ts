/**
 * A run between two steps as one safetensors file: the weights as any checkpoint has them, and in the metadata where
 * training stands. The command line and the page write the same files, and each goes on with the other's.
 */
import { CheckpointError } from '../errors.js';
import { fault } from '../faults.js';
import { encodeCheckpoint, modelOf, parseCheckpoint } from '../model/checkpoint.js';
import type { LeNet } from '../model/lenet.js';
import type { TrainingPosition } from './position.js';
import type { EpochMetrics } from './train.js';

/** What, with the architecture, determines a run. */
export interface TrainingSettings {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Number of training images: those of another data set would not continue this run. */
  readonly trainCount: number;
}

/** Where a run stands, but for the weights. */
export interface TrainingState {
  readonly settings: TrainingSettings;
  readonly position: TrainingPosition;
  /** The epochs that are finished. */
  readonly history: readonly EpochMetrics[];
}

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
  const state = trainingState(contents.metadata.training);
  return { model: modelOf(contents), ...state };
}

function trainingState(text: string | undefined): TrainingState {
  if (text === undefined) {
    throw new CheckpointError(
      'this checkpoint holds weights only, not where training stands: it can be evaluated, but not resumed',
    );
  }
  const state = parsed(text);
  if (isTrainingState(state)) return state;
  throw new CheckpointError(fault('noTrainingState'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const settingKeys = ['epochs', 'batchSize', 'learningRate', 'seed', 'trainCount'];
const positionKeys = ['epoch', 'seen', 'lossSum', 'correctSum', 'seconds'];
const metricKeys = [
  'epoch',
  'trainLoss',
  'trainAccuracy',
  'testLoss',
  'testAccuracy',
  'seconds',
  'examplesPerSecond',
];

function isTrainingState(state: unknown): state is TrainingState {
  const { settings, position, history } = (state ?? {}) as Record<string, unknown>;
  return (
    hasNumbers(settings, settingKeys) &&
    hasNumbers(position, positionKeys) &&
    isNumbers((position as Partial<TrainingPosition>).shuffling) &&
    Array.isArray(history) &&
    history.every((metrics) => hasNumbers(metrics, metricKeys))
  );
}

const hasNumbers = (value: unknown, keys: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'number');

const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
