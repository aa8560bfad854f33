/**
 * Has one run in hand: opens it, trains it, pauses it, and swaps the backend under it. To pause is to end `train` between
 * two steps, and to go on is to call it again from where it stood, which gives the same numbers as if it had never
 * stopped. A swap is a pause, a change of tfjs's backend and going on with the same variables, which tfjs moves when the
 * next step reads them.
 */

import type { BackendName } from '@bn/backends';
import {
  evaluate,
  InterruptionError,
  OptionError,
  type Prediction,
  predict,
  type TrainingSession,
} from '@bn/lenet';
import type {
  DatasetSource,
  DatasetSummary,
  FirstLayers,
  LayerDistribution,
  OpenedRun,
  RunSettings,
  TestResult,
  TrainerCommands,
  TrainerEvent,
} from '../protocol.js';
import { confusionMatrix } from './confusionMatrix.js';
import { loadDataset } from './dataset.js';
import { lookAtFirstLayers } from './firstLayers.js';
import { Images } from './images.js';
import { inspectLayers } from './layers.js';
import { newRun, type OpenRun, savedRun } from './openRun.js';
import { predictInParts } from './predictInParts.js';
import { Training } from './training.js';

export class Trainer implements TrainerCommands {
  #images: Images | undefined;
  #run: OpenRun | undefined;
  /** Given when the open run trains or is closed: an evaluation has the weights of one moment. */
  #evaluations = new AbortController();
  readonly #training: Training;
  /** Ends when the commands that change something, asked for so far, are done. */
  #changes: Promise<unknown> = Promise.resolve();

  /** @param startBackend makes a backend tfjs's current one; where it cannot, rejects and leaves the one before */
  constructor(
    private readonly startBackend: (name: BackendName, threads?: number) => Promise<void>,
    private readonly report: (event: TrainerEvent) => void,
  ) {
    this.#training = new Training({ report, inspect: () => this.inspect() }, (run, outcome) => {
      // What is left of a run that failed must not replace what was saved of it.
      if (outcome.kind !== 'finished') this.#discard();
      this.report({ run, ...outcome });
    });
  }

  useBackend(name: BackendName, threads?: number): Promise<void> {
    return this.#change(async () => {
      const session = await this.#training.end();
      try {
        await this.startBackend(name, threads);
      } finally {
        if (session) this.#startTraining(session);
      }
    });
  }

  loadDataset(source: DatasetSource): Promise<DatasetSummary> {
    return this.#change(async () => {
      const images = new Images(source.name, await loadDataset(source));
      await this.#close();
      this.#images = images;
      return images.summary;
    });
  }

  createRun(id: string, settings: RunSettings, weights?: Uint8Array): Promise<void> {
    return this.#change(async () => {
      const run = newRun(id, settings, this.#loaded.all.train.count, weights);
      await this.#close();
      this.#run = run;
      await this.#save();
    });
  }

  openRun(id: string, checkpoint: Uint8Array): Promise<OpenedRun> {
    return this.#change(async () => {
      const run = savedRun(id, checkpoint);
      await this.#close();
      this.#run = run;
      const { model, session } = run;
      const training = session?.state;
      const resumable = training?.settings.trainCount === this.#loaded.all.train.count;
      return {
        norm: model.norm,
        placement: model.placement,
        resumable,
        ...(training && { training }),
      };
    });
  }

  setEpochs(epochs: number): Promise<void> {
    return this.#change(async () => {
      const session = this.#trainable().withEpochs(epochs);
      this.#run = { ...this.#open, session };
      await this.#save();
    });
  }

  train(): Promise<void> {
    return this.#change(async () => {
      const session = this.#trainable();
      if (!this.#training.isUnderWay) this.#startTraining(session);
    });
  }

  pause(): Promise<void> {
    return this.#change(async () => {
      await this.#training.end();
      await this.#save();
    });
  }

  save(): Promise<void> {
    return this.#change(async () => {
      const session = await this.#training.end();
      await this.#save();
      if (session) this.#startTraining(session);
    });
  }

  async evaluate(): Promise<TestResult> {
    const [{ model }, { test }] = [this.#open, this.#loaded.all];
    if (this.#training.isUnderWay) throw new InterruptionError('the run is in training');
    const result = await evaluate(model, test, 100, this.#evaluations.signal);
    return { ...result, confusion: confusionMatrix(test.labels, result.predicted) };
  }

  async classify(pixels: Uint8Array): Promise<readonly Prediction[]> {
    const [prediction] = await predict(this.#open.model, pixels);
    return prediction!;
  }

  async inspect(): Promise<readonly LayerDistribution[]> {
    return inspectLayers(this.#open.model, this.#loaded.probe);
  }

  async lookAt(pixels: Uint8Array): Promise<FirstLayers> {
    return lookAtFirstLayers(this.#open.model, pixels);
  }

  async predictSample(): Promise<readonly Prediction[]> {
    return predictInParts(this.#open.model, this.#loaded.sample.pixels);
  }

  get #loaded(): Images {
    if (this.#images === undefined) throw new OptionError('there are no images yet: load a data set first');
    return this.#images;
  }

  get #open(): OpenRun {
    if (this.#run === undefined)
      throw new OptionError('there is no run yet: start one, or load a checkpoint');
    return this.#run;
  }

  /** @throws OptionError where the open run cannot be trained on these data. */
  #trainable(): TrainingSession {
    const { session } = this.#open;
    if (session === undefined) {
      throw new OptionError('the file has only weights: they can be evaluated, but not resumed', {
        code: 'LENET_WEIGHTS_ONLY',
        details: {},
      });
    }
    session.checkDataset(this.#loaded.all);
    return session;
  }

  /** One change after the other. */
  #change<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(action);
    this.#changes = done.catch(() => {});
    return done;
  }

  #startTraining(session: TrainingSession): void {
    this.#endEvaluations('the run goes on training');
    this.#training.start(this.#open.id, session, this.#loaded.all);
  }

  async #save(): Promise<void> {
    if (this.#run === undefined) return;
    const { id, session } = this.#run;
    await session?.save(async (encode) => {
      this.report({ kind: 'saved', run: id, checkpoint: await encode() });
    });
  }

  async #close(): Promise<void> {
    await this.#training.end();
    await this.#save();
    this.#discard();
  }

  #discard(): void {
    this.#endEvaluations('the run has been closed');
    this.#run?.model.dispose();
    this.#run = undefined;
  }

  #endEvaluations(reason: string): void {
    this.#evaluations.abort(new InterruptionError(reason));
    this.#evaluations = new AbortController();
  }
}
