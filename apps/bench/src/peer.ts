/** A peer as the benchmark sees it: a child process that answers one task at a time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Answer, Task } from './protocol.js';

export class Peer {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    // What is written to a peer that has ended is lost; that it has ended shows in its output.
    process.stdin!.on('error', () => {});
    this.#lines = createInterface({ input: process.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a peer; undefined where the program is missing or ends before it is ready. */
  static async start(command: string, args: readonly string[]): Promise<Peer | undefined> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const missing = once(child, 'error').then(() => undefined);
    const peer = new Peer(child);
    const ready = await Promise.race([peer.#next(), missing]);
    if (ready === undefined) return undefined;
    return peer;
  }

  async measure(task: Task): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(task)}\n`);
    const answer = await this.#next();
    return (answer as Answer | undefined) ?? { unsupported: 'the peer ended' };
  }

  /** The next answer; undefined where the process has ended. Lines that are no JSON object are not ours. */
  async #next(): Promise<unknown> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return undefined;
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  stop(): void {
    this.#process.kill();
  }
}
