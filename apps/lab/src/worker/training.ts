/** The training under way, if there is one: it ends by itself, or between two steps when it is told to. */
import type { Dataset, TrainingSession } from '@bn/lenet';
import { type Outcome, type TrainingServices, trainRun } from './trainRun.js';

interface UnderWay {
  readonly session: TrainingSession;
  readonly controller: AbortController;
  /** How it ended; nothing if it was told to. */
  readonly ended: Promise<Outcome | undefined>;
}

export class Training {
  #current: UnderWay | undefined;

  /** @param onEnd called when a run's training has ended by itself */
  constructor(
    private readonly services: TrainingServices,
    private readonly onEnd: (run: string, outcome: Outcome) => void,
  ) {}

  get isUnderWay(): boolean {
    return this.#current !== undefined;
  }

  start(run: string, session: TrainingSession, dataset: Dataset): void {
    const controller = new AbortController();
    const current: UnderWay = {
      session,
      controller,
      ended: trainRun(run, session, dataset, controller.signal, this.services).then((outcome) => {
        if (this.#current === current) this.#current = undefined;
        if (outcome) this.onEnd(run, outcome);
        return outcome;
      }),
    };
    this.#current = current;
  }

  /** Ends it after the step under way. The session that could go on: nothing if none trained, or it has come to its end. */
  async end(): Promise<TrainingSession | undefined> {
    const current = this.#current;
    current?.controller.abort();
    return (await current?.ended) === undefined ? current?.session : undefined;
  }
}
