/** A peer that is a worker of the page. */
import { MissingPeerError } from '../errors.js';
import type { Contender } from '../grid/contenders.js';
import type { Answer, Hello, Peer, Task } from '../measuring/protocol.js';

/** What a worker says. */
export type Message = { hello: Hello } | { missing: string } | { answer: Answer };

/** To load tfjs and compile its kernels. */
const startMilliseconds = 120_000;

export class WorkerPeer implements Peer {
  readonly #worker: Worker;
  #alive = true;
  #hello: Hello = { versions: {} };
  /** Settles the question that is open; the worker says nothing any more if it gets nothing. */
  #settle: (message?: Message) => void = () => {};

  private constructor(name: string) {
    this.#worker = new Worker(new URL('./peerWorker.ts', import.meta.url), { type: 'module', name });
    this.#worker.onmessage = ({ data }: MessageEvent<Message>) => this.#settle(data);
    this.#worker.onerror = ({ message }) =>
      this.#settle({ missing: `its worker failed: ${message || 'it could not be loaded'}` });
  }

  /** @throws MissingPeerError if its backend cannot be started */
  static async start(contender: Contender): Promise<WorkerPeer> {
    const peer = new WorkerPeer(contender.id);
    const message = await peer.#ask(contender, startMilliseconds);
    if (message && 'hello' in message) {
      peer.#hello = message.hello;
      return peer;
    }
    peer.stop();
    throw new MissingPeerError(
      message && 'missing' in message ? message.missing : 'its worker did not start',
    );
  }

  get hello(): Hello {
    return this.#hello;
  }

  get alive(): boolean {
    return this.#alive;
  }

  async measure(task: Task, timeoutMilliseconds: number): Promise<Answer> {
    const message = await this.#ask(task, timeoutMilliseconds);
    if (message && 'answer' in message) return message.answer;
    this.stop();
    return message && 'missing' in message ? { kind: 'failed', reason: message.missing } : { kind: 'late' };
  }

  stop(): void {
    this.#alive = false;
    this.#worker.terminate();
    this.#settle();
  }

  #ask(question: Contender | Task, timeoutMilliseconds: number): Promise<Message | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), timeoutMilliseconds);
      this.#settle = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
      this.#worker.postMessage(question);
    });
  }
}
