/**
 * A training: the network, where it stands, and when that is saved. The command line and the lab's worker train by it. To
 * pause is to end `train` between two steps; called again it gives the same numbers as if it had never stopped.
 */
import { checked } from '../checked.js';
import { counted } from '../counts.js';
import type { Dataset } from '../dataset/images.js';
import { differenceText } from '../differences.js';
import { OptionError } from '../errors.js';
import type { Architecture } from '../model/architecture.js';
import { modelOf, parseCheckpoint } from '../model/checkpoint.js';
import { createLeNet } from '../model/initialization.js';
import type { LeNet } from '../model/lenet.js';
import { randomStreams } from '../random.js';
import { loneImageError } from './batches.js';
import type { DetailedEvaluation } from './evaluate.js';
import { alone, type TrainingGroup } from './group.js';
import { startOfEpoch } from './position.js';
import { encodeSnapshot } from './snapshot.js';
import {
  type EpochMetrics,
  settings as settingsSchema,
  type TrainingPosition,
  type TrainingSettings,
  type TrainingState,
} from './state.js';
import { type Progress, train } from './train.js';

/** Keeps what `encode` gives: the session as a safetensors file. */
export type Save = (encode: () => Promise<Uint8Array>) => Promise<void>;

/** What else is to be done while a session trains, which waits for what is promised. */
export interface SessionKeeper {
  /** Whether the next step is to be measured; `position` is where training stands before it. Default: none is. */
  isMeasurementDue?(position: TrainingPosition): boolean;
  /** Whether to save between two steps; asked after each of them. */
  isSaveDue(unsavedSteps: number): boolean;
  /** Called when that is due, and at the end of each epoch. */
  readonly save: Save;
  /** After each step, before a save. */
  onStep?(progress: Progress, position: TrainingPosition): Promise<void> | void;
  /** After each epoch and its evaluation, before the save. */
  onEpoch?(metrics: EpochMetrics, tested: DetailedEvaluation): Promise<void> | void;
}

export class TrainingSession {
  readonly settings: TrainingSettings;
  #position: TrainingPosition;
  readonly #history: EpochMetrics[];
  #unsavedSteps = 0;

  /**
   * @param model has the weights of the moment that `state` tells; it is the session's from now on, which disposes it
   * @throws OptionError where a batch would hold one image, and the norm takes a variance over it.
   */
  constructor(
    readonly model: LeNet,
    { settings, position, history }: TrainingState,
  ) {
    const problem = loneImageError(model.norm, settings.batchSize, settings.trainCount);
    if (problem) {
      model.dispose();
      throw problem;
    }
    this.settings = settings;
    this.#position = position;
    this.#history = [...history];
  }

  /**
   * A session before its first step.
   *
   * @param weights a checkpoint of this architecture to begin with, instead of random weights
   * @throws OptionError as the constructor, and for settings that are missing or out of their ranges; CheckpointError where the
   * checkpoint is damaged or another network's.
   */
  static begin(
    architecture: Architecture,
    settings: TrainingSettings,
    weights?: Uint8Array,
  ): TrainingSession {
    checkSettings(settings);
    const { initialization, shuffling } = randomStreams(settings.seed);
    const model = weights
      ? modelOf(parseCheckpoint(weights), architecture.norm)
      : createLeNet(architecture, initialization);
    return new TrainingSession(model, { settings, position: startOfEpoch(1, shuffling), history: [] });
  }

  get state(): TrainingState {
    return { settings: this.settings, position: this.#position, history: this.#history };
  }

  /** Steps since the last save, or since the session was made. */
  get unsavedSteps(): number {
    return this.#unsavedSteps;
  }

  get isFinished(): boolean {
    return this.#history.length === this.settings.epochs;
  }

  /**
   * The same training with another number of epochs. It takes over this session's network: do not use this one any more.
   *
   * @throws OptionError where that is no number of epochs, or fewer than are behind it.
   */
  withEpochs(epochs: number): TrainingSession {
    const settings = { ...this.settings, epochs };
    checkSettings(settings);
    const finished = this.#history.length;
    if (epochs < finished) {
      throw new OptionError(
        `expected at least the ${finished} epochs that this run has finished, got ${epochs}`,
      );
    }
    return new TrainingSession(this.model, { ...this.state, settings });
  }

  /**
   * Trains to the last epoch, or until `signal` is given: rejects with its reason then. What has come since the last save is
   * not saved then.
   *
   * @param group the processes that train together, each with the same session
   * @throws OptionError where the data set is another than the session's; DivergenceError; whatever the keeper throws; GroupError
   * where another member cannot go on.
   */
  async train(
    dataset: Dataset,
    keeper: SessionKeeper,
    signal?: AbortSignal,
    group: TrainingGroup = alone,
  ): Promise<void> {
    this.checkDataset(dataset);
    await train(
      this.model,
      dataset,
      { ...this.settings, from: this.#position, signal, group },
      {
        isMeasurementDue: (position) => keeper.isMeasurementDue?.(position) ?? false,
        onStep: async (progress, position) => {
          this.#position = position;
          this.#unsavedSteps++;
          await keeper.onStep?.(progress, position);
          if (keeper.isSaveDue(this.#unsavedSteps)) await this.save(keeper.save);
        },
        onEpoch: async (metrics, position, tested) => {
          this.#position = position;
          this.#history.push(metrics);
          await keeper.onEpoch?.(metrics, tested);
          await this.save(keeper.save);
        },
      },
    );
  }

  /** @throws OptionError where this is not the data set that the session was started with, by its number of images. */
  checkDataset({ train: { count } }: Dataset): void {
    const { trainCount } = this.settings;
    if (count === trainCount) return;
    throw new OptionError(
      `expected the data set of this run with ${counted(trainCount)} training images, got one with ${counted(count)}; ` +
        'load the data that it was trained on to resume it',
      { code: 'LENET_OTHER_DATA', details: { wanted: trainCount, got: count } },
    );
  }

  /** Call it between two steps only. */
  async save(save: Save): Promise<void> {
    await save(() => encodeSnapshot({ model: this.model, ...this.state }));
    this.#unsavedSteps = 0;
  }

  dispose(): void {
    this.model.dispose();
  }
}

function checkSettings(settings: TrainingSettings): void {
  const result = checked(settingsSchema, settings);
  if ('data' in result) return;
  const { differences } = result;
  throw new OptionError(
    `these settings of a run are invalid:\n  ${differences.map(differenceText).join('\n  ')}`,
    {
      code: 'LENET_SETTINGS',
      details: { differences },
    },
  );
}
