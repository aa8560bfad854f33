/** Trains a run in its folder, from wherever it stands, and keeps what it would take to go on from there. */

import type { Dataset } from '../dataset/images.js';
import { CheckpointError, GroupError, InterruptionError, messageOf, StorageError } from '../errors.js';
import type { TrainingGroup } from '../training/group.js';
import { TrainingSession } from '../training/session.js';
import { decodeSnapshot, type TrainingSnapshot } from '../training/snapshot.js';
import type { EpochMetrics, TrainingPosition } from '../training/state.js';
import type { Progress } from '../training/train.js';
import { type RunConfiguration, settingsOf } from './configuration.js';
import type { RunFolder } from './folder.js';
import { standingText } from './standing.js';

export interface RunObserver {
  readonly onStep?: (progress: Progress) => void;
  /** After an epoch that is on the disk. */
  readonly onEpoch?: (metrics: EpochMetrics) => void;
}

export class TrainingRun {
  private constructor(
    private readonly folder: RunFolder,
    private readonly session: TrainingSession,
    /** What the checkpoint holds; nothing where there is none. */
    private saved: TrainingPosition | undefined,
  ) {}

  /**
   * A run at its beginning, or where its last checkpoint left it; tfjs's backend must have been started.
   *
   * @throws CheckpointError where the checkpoint is damaged or another run's.
   */
  static async load(folder: RunFolder): Promise<TrainingRun> {
    const bytes = await folder.readCheckpoint();
    const session = sessionOf(folder.configuration, folder.checkpointPath, bytes);
    const { history, position } = session.state;
    // The process may have been killed after it wrote the checkpoint and before it wrote these.
    if (history.length > 0) await folder.writeHistory(history);
    return new TrainingRun(folder, session, bytes && position);
  }

  /** The finished epochs. */
  get history(): readonly EpochMetrics[] {
    return this.session.state.history;
  }

  /** Images that this run has seen in the epoch under way. */
  get seen(): number {
    return this.session.state.position.seen;
  }

  get isFinished(): boolean {
    return this.session.isFinished;
  }

  /**
   * Trains to the last epoch.
   *
   * @param group the processes that train along by `followRun`
   * @throws InterruptionError once `signal` is given: nothing is lost, and it says how to go on; DivergenceError;
   * StorageError where the disk is full: the last checkpoint is intact.
   */
  async train(
    dataset: Dataset,
    signal: AbortSignal,
    observer: RunObserver = {},
    group?: TrainingGroup,
  ): Promise<void> {
    const { checkpointEvery } = this.folder.configuration;
    let told = this.history.length;
    try {
      await this.session.train(
        dataset,
        {
          isSaveDue: (unsavedSteps) => unsavedSteps >= checkpointEvery,
          save: async (encode) => {
            await this.#write(encode);
            if (this.history.length === told) return;
            await this.folder.writeHistory(this.history);
            for (const metrics of this.history.slice(told)) observer.onEpoch?.(metrics);
            told = this.history.length;
          },
          onStep: (progress) => observer.onStep?.(progress),
        },
        signal,
        group,
      );
    } catch (error) {
      throw await this.#explain(error, signal, group?.size ?? 1);
    }
  }

  dispose(): void {
    this.session.dispose();
  }

  async #write(encode: () => Promise<Uint8Array>): Promise<void> {
    const { position } = this.session.state;
    await this.folder.writeCheckpoint(await encode());
    this.saved = position;
  }

  /** Where training was stopped from outside, what it has cost and how to go on; else the error as it is. */
  async #explain(error: unknown, signal: AbortSignal, processes: number): Promise<unknown> {
    if (error instanceof StorageError) {
      return new StorageError(`${error.message}. ${this.#standing(processes)}`, { cause: error });
    }
    const isInterruption = signal.aborted || (error instanceof GroupError && error.isInterruption);
    if (!isInterruption) return error;
    try {
      if (this.session.unsavedSteps > 0) await this.session.save((encode) => this.#write(encode));
      return new InterruptionError(`Interrupted: ${this.#standing(processes)}`, { cause: error });
    } catch (failure) {
      return this.#explain(failure, signal, processes);
    }
  }

  #standing(processes: number): string {
    const { configuration, path } = this.folder;
    return standingText(path, configuration.epochs, this.saved, processes);
  }
}

/**
 * A session at the beginning of a run, or at its checkpoint.
 *
 * @param path of the checkpoint, for errors
 * @throws CheckpointError where the checkpoint is damaged or another run's.
 */
export function sessionOf(
  configuration: RunConfiguration,
  path: string,
  checkpoint: Uint8Array | undefined,
): TrainingSession {
  if (checkpoint === undefined) return TrainingSession.begin(configuration, settingsOf(configuration));
  const { model, ...state } = ownSnapshot(configuration, path, checkpoint);
  // The run may have been given more epochs since.
  return new TrainingSession(model, { ...state, settings: settingsOf(configuration) });
}

function ownSnapshot(configuration: RunConfiguration, path: string, bytes: Uint8Array): TrainingSnapshot {
  let snapshot: TrainingSnapshot;
  try {
    snapshot = decodeSnapshot(bytes);
  } catch (error) {
    throw new CheckpointError(`${path}: ${messageOf(error)}`, { cause: error });
  }
  const differences = differencesTo(configuration, snapshot);
  if (differences.length === 0) return snapshot;
  snapshot.model.dispose();
  throw new CheckpointError(
    `${path} is not a checkpoint of this run: config.json says ${differences.join(', ')}`,
  );
}

/** Epochs may differ: a run may be extended. */
function differencesTo(configuration: RunConfiguration, { settings, model }: TrainingSnapshot): string[] {
  const { epochs: _, ...wanted } = settingsOf(configuration);
  const { norm, placement } = configuration;
  const got: Record<string, unknown> = { ...settings, norm: model.norm, placement: model.placement };
  return Object.entries({ ...wanted, norm, placement })
    .filter(([key, value]) => got[key] !== value)
    .map(([key, value]) => `${key} ${value}, the checkpoint ${got[key]}`);
}
