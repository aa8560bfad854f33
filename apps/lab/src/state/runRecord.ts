/** What the page knows of a run: enough to list it, to draw it, and with its checkpoint to go on with it. */

import type { BackendName } from '@bn/backends';
import type {
  EpochMetrics,
  Evaluation,
  Norm,
  Placement,
  TrainingPosition,
  TrainingSettings,
  TrainingState,
} from '@bn/lenet';
import type { CurvePoint, MeasuredPoint, OpenedRun, RunSettings, TrainerEvent } from '../protocol.js';
import { addPoint } from './curve.js';
import { addMeasured } from './measured.js';

/** `weights`: a checkpoint that was loaded and cannot go on. `failed`: a run that could not begin; it has no weights. */
export type RunStatus =
  | ('queued' | 'training' | 'paused' | 'stopped' | 'finished')
  | ('diverged' | 'failed' | 'weights');

/** Where training changed the backend. */
export interface Swap {
  /** Epochs seen by then. */
  readonly at: number;
  readonly from: BackendName;
  readonly to: BackendName;
}

export interface RunIdentity {
  readonly id: string;
  readonly createdAt: number;
  /** Which of the palette's colours is its own. */
  readonly color: number;
}

export interface RunRecord extends RunIdentity {
  readonly norm: Norm;
  readonly placement: Placement;
  /** Undefined for weights alone. */
  readonly settings?: TrainingSettings;
  /** The file that it was loaded from. */
  readonly fileName?: string;
  readonly status: RunStatus;
  readonly hidden: boolean;
  /** Epochs seen. */
  readonly at: number;
  readonly points: readonly CurvePoint[];
  /** Undefined for a run that was stored before there were measurements. */
  readonly measured?: readonly MeasuredPoint[];
  readonly history: readonly EpochMetrics[];
  readonly swaps: readonly Swap[];
  /** On all test images, where it was loaded from a file. */
  readonly evaluation?: Evaluation;
  /** Why it diverged, or could not begin. */
  readonly failure?: string;
}

/** A run that has not begun. */
export const queuedRecord = (
  identity: RunIdentity,
  { norm, placement, ...settings }: RunSettings,
  trainCount: number,
): RunRecord => ({
  ...identity,
  norm,
  placement,
  settings: { ...settings, trainCount },
  status: 'queued',
  hidden: false,
  at: 0,
  points: [],
  history: [],
  swaps: [],
});

/** A checkpoint that was loaded from a file. Its curve has a point per epoch. */
export function loadedRecord(identity: RunIdentity, fileName: string, opened: OpenedRun): RunRecord {
  const { norm, placement, training } = opened;
  const history = training?.history ?? [];
  return {
    ...identity,
    norm,
    placement,
    fileName,
    status: statusOf('weights', opened),
    hidden: false,
    at: 0,
    points: history.map((metrics) => ({
      at: metrics.epoch,
      images: training!.settings.trainCount,
      loss: metrics.trainLoss,
      accuracy: metrics.trainAccuracy,
      examplesPerSecond: metrics.examplesPerSecond,
    })),
    history,
    swaps: [],
    ...(training && { settings: training.settings, at: epochsAt(training.position, training.settings) }),
  };
}

/** What can be done with a run, now that its checkpoint is open. That a person has stopped it, or it has diverged, stays. */
export function statusOf(before: RunStatus, { training, resumable }: OpenedRun): RunStatus {
  if (before === 'stopped' || before === 'diverged') return before;
  if (!resumable) return before === 'queued' ? 'paused' : before;
  return training!.history.length === training!.settings.epochs ? 'finished' : 'paused';
}

/** What it takes to begin the run, from its record. */
export const settingsOf = ({ norm, placement, settings }: RunRecord): RunSettings => {
  const { trainCount: _, ...chosen } = settings!;
  return { norm, placement, ...chosen };
};

/** The record as it was where a checkpoint stands: what came after goes. */
export function rewind(record: RunRecord, { position, settings, history }: TrainingState): RunRecord {
  const at = epochsAt(position, settings);
  // Both come of the same sums; only rounding may part them.
  const limit = at + 1e-9;
  return {
    ...record,
    settings,
    at,
    history,
    points: record.points.filter((point) => point.at <= limit),
    // A step that was measured at this place has not been taken yet.
    measured: (record.measured ?? []).filter((point) => point.at < at - 1e-9),
    swaps: record.swaps.filter((swap) => swap.at <= limit),
  };
}

/** The record after something happened to its run. */
export function applyEvent(record: RunRecord, event: TrainerEvent): RunRecord {
  switch (event.kind) {
    case 'points':
      return {
        ...record,
        at: event.points.at(-1)!.at,
        points: event.points.reduce(addPoint, record.points),
      };
    case 'measured':
      return { ...record, measured: addMeasured(record.measured ?? [], event.point) };
    case 'epoch':
      return { ...record, history: [...record.history, event.metrics] };
    case 'finished':
      return { ...record, status: 'finished' };
    case 'diverged':
      return { ...record, status: 'diverged', failure: event.reason.message };
    default:
      return record;
  }
}

export const epochsAt = ({ epoch, seen }: TrainingPosition, { trainCount }: TrainingSettings): number =>
  epoch - 1 + seen / trainCount;
