/** The page's end of the worker: commands as functions, and what happens as call-backs. */
import { type Fault, fault, type Reason, textOf } from '@bn/lenet';
import type {
  BackendAvailability,
  Call,
  ErrorDescription,
  TrainerCommands,
  TrainerEvent,
  WorkerMessage,
} from '../protocol.js';

/** What a command threw in the worker. */
export class TrainerError extends Error {
  readonly code: string | undefined;
  readonly fault: Fault | undefined;

  constructor({ name, message, code, fault }: ErrorDescription) {
    super(message);
    this.name = name;
    this.code = code;
    this.fault = fault;
  }
}

/** The worker ended before it answered. */
export class CrashError extends Error {
  override readonly name = 'CrashError';
}

export interface TrainerListeners {
  onBackends(backends: readonly BackendAvailability[]): void;
  onEvent(event: TrainerEvent): void;
  /** The worker has thrown what it did not catch, or could not start. It is ended; nothing more comes from it. */
  onCrash(reason: Reason): void;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class TrainerClient {
  readonly #worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
  readonly #pending = new Map<number, Pending>();
  #calls = 0;
  /** Why there is no worker any more. */
  #ended: string | undefined;

  constructor(private readonly listeners: TrainerListeners) {
    this.#worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => this.#receive(data));
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.crash(event.message || fault('noWorker'));
    });
  }

  /** Calls a command; rejects with TrainerError, or CrashError. */
  call<Name extends keyof TrainerCommands>(
    command: Name,
    ...parameters: Parameters<TrainerCommands[Name]>
  ): ReturnType<TrainerCommands[Name]> {
    const call = this.#calls++;
    const answer = new Promise((resolve, reject) => {
      // A worker that has ended would never answer.
      if (this.#ended !== undefined) return reject(new CrashError(this.#ended));
      this.#pending.set(call, { resolve, reject });
      this.#worker.postMessage({ call, command, parameters } satisfies Call);
    });
    return answer as ReturnType<TrainerCommands[Name]>;
  }

  /** Ends the worker. */
  terminate(reason = 'the worker was ended'): void {
    this.#ended = reason;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(new CrashError(reason));
    this.#pending.clear();
  }

  /** Ends the worker as one that cannot be relied on any more. */
  crash(reason: Reason): void {
    this.terminate(textOf(reason));
    this.listeners.onCrash(reason);
  }

  #receive(message: WorkerMessage): void {
    if ('event' in message) {
      this.listeners.onEvent(message.event);
    } else if ('backends' in message) {
      this.listeners.onBackends(message.backends);
    } else {
      const pending = this.#pending.get(message.call);
      this.#pending.delete(message.call);
      if ('error' in message) pending?.reject(new TrainerError(message.error));
      else pending?.resolve(message.value);
    }
  }
}
