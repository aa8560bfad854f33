/** The page's end of the worker: commands as functions, and what happens as call-backs. */
import { type Reason, reasonOf } from '@bn/lenet';
import { type Remote, wrap } from 'comlink';
import { CrashError, LabError, TrainerError } from '../errors.js';
import type { BackendAvailability, TrainerCommands, TrainerEvent, WorkerMessage } from '../protocol.js';

export interface TrainerListeners {
  onBackends(backends: readonly BackendAvailability[]): void;
  onEvent(event: TrainerEvent): void;
  /** The worker has thrown what it did not catch, or could not start. It is ended; nothing more comes from it. */
  onCrash(reason: Reason): void;
}

export class TrainerClient {
  readonly #worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  readonly #commands: Remote<TrainerCommands> = wrap(this.#worker);
  /** Ends the calls that a worker which has ended would never answer. */
  readonly #pending = new Set<(error: Error) => void>();
  /** Why there is no worker any more. */
  #ended: string | undefined;

  constructor(private readonly listeners: TrainerListeners) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
      if ('event' in data) listeners.onEvent(data.event);
      else if ('backends' in data) listeners.onBackends(data.backends);
    });
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      const unloaded = new LabError('LAB_WORKER', {}, 'the worker could not be loaded');
      this.crash(event.message ? { message: event.message } : reasonOf(unloaded));
    });
  }

  /** Calls a command; rejects with TrainerError, or CrashError. */
  call<Name extends keyof TrainerCommands>(
    command: Name,
    ...parameters: Parameters<TrainerCommands[Name]>
  ): ReturnType<TrainerCommands[Name]> {
    const answer = new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(new CrashError(this.#ended));
      this.#pending.add(reject);
      const ask = this.#commands[command] as (...values: unknown[]) => Promise<unknown>;
      // What the worker throws arrives as a reason: see worker/main.ts.
      ask(...parameters)
        .then(resolve, (reason: Reason) => reject(new TrainerError(reason)))
        .finally(() => this.#pending.delete(reject));
    });
    return answer as ReturnType<TrainerCommands[Name]>;
  }

  /** Ends the worker. */
  terminate(reason = 'the worker was ended'): void {
    this.#ended = reason;
    this.#worker.terminate();
    for (const reject of this.#pending) reject(new CrashError(reason));
    this.#pending.clear();
  }

  /** Ends the worker as one that cannot be relied on any more. */
  crash(reason: Reason): void {
    this.terminate(reason.message);
    this.listeners.onCrash(reason);
  }
}
