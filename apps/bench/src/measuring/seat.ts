/** A contender's place in a run: starts its peer when it is needed, and another one when that is gone. */
import { messageOf } from '../errors.js';
import type { Contender } from '../grid/contenders.js';
import type { Answer, Hello, Peer, Task } from './protocol.js';

export type StartPeer = (contender: Contender) => Promise<Peer>;

/** Ends in a row after which a contender is given up. */
const mostEnds = 3;

export class Seat {
  #peer: Peer | undefined;
  #ends = 0;
  #closed = false;
  #missing: string | undefined;

  constructor(
    readonly contender: Contender,
    private readonly start: StartPeer,
    /** Bytes. A heap never shrinks: a peer that holds more makes room for the next contender's. */
    private readonly largestHeap: number,
  ) {}

  /** Why there is no peer, once that is known. */
  get missing(): string | undefined {
    return this.#missing;
  }

  /** Starts the peer; undefined if it is missing. */
  async hello(): Promise<Hello | undefined> {
    return (await this.#seated())?.hello;
  }

  async measure(task: Task, timeoutMilliseconds: number): Promise<Answer> {
    const peer = await this.#seated();
    if (!peer) return { kind: 'unsupported', reason: this.#missing! };
    if (this.#closed) {
      // It was still starting when the run was stopped.
      this.#stop();
      return { kind: 'late' };
    }
    const answer = await peer.measure(task, timeoutMilliseconds);
    if (answer.kind === 'measured') {
      this.#ends = 0;
      if (answer.heapBytes > this.largestHeap) this.#stop();
    } else if (answer.kind === 'failed') {
      if (!peer.alive && ++this.#ends === mostEnds) {
        this.#missing = `given up after ${mostEnds} crashes in a row: ${answer.reason}`;
      }
      // It may have left tensors behind, or its device may be lost.
      this.#stop();
    } else if (answer.kind === 'late') {
      this.#stop();
    }
    return answer;
  }

  /** Ends the peer; the next task starts another one. */
  renew(): void {
    this.#stop();
  }

  /** Ends the peer, at once, and for good. */
  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    this.#peer?.stop();
    this.#peer = undefined;
  }

  async #seated(): Promise<Peer | undefined> {
    if (this.#missing !== undefined) return undefined;
    try {
      this.#peer ??= await this.start(this.contender);
    } catch (error) {
      this.#missing = messageOf(error);
    }
    return this.#peer;
  }
}
