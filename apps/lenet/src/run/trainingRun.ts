/** Trains a run in its folder, from wherever it stands, and keeps what it would take to go on from there. */
import type { Dataset } from '../dataset/images.js';
import { CheckpointError, InterruptionError, messageOf, StorageError } from '../errors.js';
import { createLeNet } from '../model/initialization.js';
import type { LeNet } from '../model/lenet.js';
import { randomStreams } from '../random.js';
import type { TrainingPosition } from '../training/position.js';
import { decodeSnapshot, encodeSnapshot, type TrainingSnapshot } from '../training/snapshot.js';
import { type EpochMetrics, type Progress, train } from '../training/train.js';
import { type RunConfiguration, settingsOf } from './configuration.js';
import type { RunFolder } from './folder.js';

export interface RunObserver {
  readonly onStep?: (progress: Progress) => void;
  readonly onEpoch?: (metrics: EpochMetrics) => void;
}

/** Where a run stands; without a position at its beginning. */
interface Standing {
  readonly model: LeNet;
  readonly position?: TrainingPosition;
  readonly history: readonly EpochMetrics[];
}

export class TrainingRun {
  readonly #history: EpochMetrics[];
  #position: TrainingPosition | undefined;
  /** What the checkpoint holds. */
  #saved: TrainingPosition | undefined;
  #unsavedSteps = 0;

  private constructor(
    private readonly folder: RunFolder,
    private readonly model: LeNet,
    position: TrainingPosition | undefined,
    history: readonly EpochMetrics[],
  ) {
    this.#position = position;
    this.#saved = position;
    this.#history = [...history];
  }

  /**
   * A run at its beginning, or where its last checkpoint left it; tfjs's backend must have been started.
   *
   * @throws CheckpointError where the checkpoint is damaged or another run's.
   */
  static async load(folder: RunFolder): Promise<TrainingRun> {
    const bytes = await folder.readCheckpoint();
    const { model, position, history } =
      bytes === undefined ? begin(folder.configuration) : goOn(folder, bytes);
    const run = new TrainingRun(folder, model, position, history);
    // The process may have been killed after it wrote the checkpoint and before it wrote these.
    if (history.length > 0) await folder.writeHistory(history);
    return run;
  }

  /** The finished epochs. */
  get history(): readonly EpochMetrics[] {
    return this.#history;
  }

  /** Images that this run has seen in the epoch under way. */
  get seen(): number {
    return this.#position?.seen ?? 0;
  }

  get isFinished(): boolean {
    return this.#history.length === this.folder.configuration.epochs;
  }

  /**
   * Trains to the last epoch.
   *
   * @throws InterruptionError once `signal` is given: nothing is lost, and it says how to go on; DivergenceError;
   * StorageError where the disk is full: the last checkpoint is intact.
   */
  async train(dataset: Dataset, signal: AbortSignal, observer: RunObserver = {}): Promise<void> {
    const { epochs, batchSize, learningRate, seed, checkpointEvery } = this.folder.configuration;
    const { shuffling } = randomStreams(seed);
    const from = this.#position;
    try {
      await train(
        this.model,
        dataset,
        { epochs, batchSize, learningRate, shuffling, from, signal },
        {
          onStep: async (progress, position) => {
            this.#position = position;
            this.#unsavedSteps++;
            if (this.#unsavedSteps >= checkpointEvery) await this.#save();
            observer.onStep?.(progress);
          },
          onEpoch: async (metrics, position) => {
            this.#history.push(metrics);
            this.#position = position;
            await this.#save();
            await this.folder.writeHistory(this.#history);
            observer.onEpoch?.(metrics);
          },
        },
      );
    } catch (error) {
      throw await this.#explain(error, signal);
    }
  }

  dispose(): void {
    this.model.dispose();
  }

  async #save(): Promise<void> {
    const { model } = this;
    const settings = settingsOf(this.folder.configuration);
    const position = this.#position!;
    await this.folder.writeCheckpoint(
      await encodeSnapshot({ model, settings, position, history: this.#history }),
    );
    this.#saved = position;
    this.#unsavedSteps = 0;
  }

  /** Where training was stopped from outside, what it has cost and how to go on; else the error as it is. */
  async #explain(error: unknown, signal: AbortSignal): Promise<unknown> {
    if (error instanceof StorageError) {
      return new StorageError(`${error.message}. ${this.#standing()}`, { cause: error });
    }
    if (!signal.aborted) return error;
    try {
      if (this.#unsavedSteps > 0) await this.#save();
      return new InterruptionError(`Interrupted: ${this.#standing()}`, { cause: error });
    } catch (failure) {
      return this.#explain(failure, signal);
    }
  }

  #standing(): string {
    const { configuration, path, checkpointPath } = this.folder;
    const again = `train --resume ${path}`;
    if (this.#saved === undefined) return `there is no checkpoint yet; to begin again: ${again}`;
    const { epoch, seen } = this.#saved;
    const within = seen === 0 ? '' : ` and ${seen} images of epoch ${epoch}`;
    return (
      `${checkpointPath} holds ${epoch - 1} of ${configuration.epochs} epochs${within}; ` +
      `to go on from there: ${again}`
    );
  }
}

const begin = (configuration: RunConfiguration): Standing => ({
  model: createLeNet(configuration, randomStreams(configuration.seed).initialization),
  history: [],
});

function goOn(folder: RunFolder, bytes: Uint8Array): Standing {
  let snapshot: TrainingSnapshot;
  try {
    snapshot = decodeSnapshot(bytes);
  } catch (error) {
    throw new CheckpointError(`${folder.checkpointPath}: ${messageOf(error)}`, { cause: error });
  }
  const differences = differencesTo(folder.configuration, snapshot);
  if (differences.length === 0) return snapshot;
  snapshot.model.dispose();
  throw new CheckpointError(
    `${folder.checkpointPath} is no checkpoint of this run: config.json says ${differences.join(', ')}`,
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
