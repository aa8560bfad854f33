/**
 * Has one run in hand: opens it, trains it, pauses it, and swaps the backend under it. To pause is to end `train` between
 * two steps, and to go on is to call it again from where it stood, which gives the same numbers as if it had never
 * stopped. A swap is a pause, a change of tfjs's backend and going on with the same variables, which tfjs moves when the
 * next step reads them.
 */
import type { Dataset, LabelledImages } from '@bn/lenet';
import {
  type Evaluation,
  evaluate,
  fault,
  InterruptionError,
  leavesLoneImage,
  OptionError,
  type Prediction,
  predict,
} from '@bn/lenet';
import type {
  BackendName,
  DatasetSource,
  DatasetSummary,
  LayerDistribution,
  OpenedRun,
  RunSettings,
  TrainerCommands,
  TrainerEvent,
} from '../protocol.js';
import { loadDataset, sample } from './dataset.js';
import { inspectLayers } from './layers.js';
import { newRun, type OpenRun, savedRun, saveRun } from './openRun.js';
import { predictInParts } from './predictInParts.js';
import { trainRun } from './trainRun.js';

/** Test images whose predictions are shown. */
const sampleCount = 200;
/** Test images that the look into the layers takes. */
const probeCount = 64;

interface Session {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

export class Trainer implements TrainerCommands {
  #dataset: Dataset | undefined;
  #sample: LabelledImages | undefined;
  #run: OpenRun | undefined;
  /** Given when the open run is closed. */
  #closed = new AbortController();
  #session: Session | undefined;
  /** Ends when the commands that change something, asked for so far, are done. */
  #changes: Promise<unknown> = Promise.resolve();

  /** @param startBackend makes a backend tfjs's current one; where it cannot, rejects and leaves the one before */
  constructor(
    private readonly startBackend: (name: BackendName) => Promise<void>,
    private readonly report: (event: TrainerEvent) => void,
  ) {}

  useBackend(name: BackendName): Promise<void> {
    return this.#change(async () => {
      const training = this.#session !== undefined;
      await this.#endSession();
      try {
        await this.startBackend(name);
      } finally {
        if (training) this.#startSession();
      }
    });
  }

  loadDataset(source: DatasetSource): Promise<DatasetSummary> {
    return this.#change(async () => {
      const dataset = await loadDataset(source);
      await this.#close();
      this.#dataset = dataset;
      this.#sample = sample(dataset.test, sampleCount);
      return {
        name: source.name,
        trainCount: dataset.train.count,
        testCount: dataset.test.count,
        samplePixels: this.#sample.pixels,
        sampleLabels: this.#sample.labels,
      };
    });
  }

  createRun(id: string, settings: RunSettings, weights?: Uint8Array): Promise<void> {
    return this.#change(async () => {
      const { count } = this.#data.train;
      const { norm, batchSize } = settings;
      if (leavesLoneImage(norm, batchSize, count))
        throw new OptionError(fault('loneImage', batchSize, count));
      const run = newRun(id, settings, count, weights);
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
      const { model, training } = run;
      const resumable = training?.settings.trainCount === this.#data.train.count;
      return {
        norm: model.norm,
        placement: model.placement,
        resumable,
        ...(training && { training: { ...training } }),
      };
    });
  }

  train(): Promise<void> {
    return this.#change(async () => {
      const { training } = this.#open;
      if (training === undefined) throw new OptionError(fault('weightsOnly'));
      const wanted = training.settings.trainCount;
      const { count } = this.#data.train;
      if (wanted !== count) throw new OptionError(fault('otherData', wanted, count));
      if (this.#session === undefined) this.#startSession();
    });
  }

  pause(): Promise<void> {
    return this.#change(async () => {
      await this.#endSession();
      await this.#save();
    });
  }

  save(): Promise<void> {
    return this.#change(async () => {
      const training = this.#session !== undefined;
      await this.#endSession();
      await this.#save();
      if (training) this.#startSession();
    });
  }

  evaluate(): Promise<Evaluation> {
    return evaluate(this.#open.model, this.#data.test, 100, this.#closed.signal);
  }

  async classify(pixels: Uint8Array): Promise<readonly Prediction[]> {
    const [prediction] = await predict(this.#open.model, pixels);
    return prediction!;
  }

  async inspect(): Promise<readonly LayerDistribution[]> {
    return inspectLayers(this.#open.model, sample(this.#data.test, probeCount));
  }

  async predictSample(): Promise<readonly Prediction[]> {
    return predictInParts(this.#open.model, this.#sample!.pixels);
  }

  get #data(): Dataset {
    if (this.#dataset === undefined) throw new OptionError('there are no images yet: load a data set first');
    return this.#dataset;
  }

  get #open(): OpenRun {
    if (this.#run === undefined)
      throw new OptionError('there is no run yet: start one, or load a checkpoint');
    return this.#run;
  }

  /** One change after the other. */
  #change<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(action);
    this.#changes = done.catch(() => {});
    return done;
  }

  #startSession(): void {
    const run = this.#open;
    const controller = new AbortController();
    const session: Session = {
      controller,
      ended: trainRun(run, this.#data, controller.signal, {
        report: this.report,
        save: () => this.#save(),
        inspect: () => this.inspect(),
      }).then((outcome) => {
        if (this.#session === session) this.#session = undefined;
        if (outcome === undefined) return;
        // What is left of a run that failed must not replace what was saved of it.
        if (outcome.kind !== 'finished') this.#discard();
        this.report({ run: run.id, ...outcome });
      }),
    };
    this.#session = session;
  }

  /** Ends training after the step under way. */
  async #endSession(): Promise<void> {
    this.#session?.controller.abort();
    await this.#session?.ended;
  }

  async #save(): Promise<void> {
    if (this.#run === undefined) return;
    const { id } = this.#run;
    const checkpoint = await saveRun(this.#run);
    if (checkpoint) this.report({ kind: 'saved', run: id, checkpoint });
  }

  async #close(): Promise<void> {
    await this.#endSession();
    await this.#save();
    this.#discard();
  }

  #discard(): void {
    this.#closed.abort(new InterruptionError('the run was closed meanwhile'));
    this.#closed = new AbortController();
    this.#run?.model.dispose();
    this.#run = undefined;
  }
}
