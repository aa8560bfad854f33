/** A peer that is a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MissingPeerError } from '../errors.js';
import type { Answer, Hello, Peer, Task } from '../measuring/protocol.js';

/** Lines of standard error that are kept to say why a peer ended. */
const keptErrors = 2000;

/** Of the environment, beside those of this process. */
type Variables = Readonly<Record<string, string>>;

export class ChildPeer implements Peer {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #errors = '';
  #ending: string | undefined;
  #late = false;
  #hello: Hello = { versions: {} };

  private constructor(command: string, parameters: readonly string[], variables: Variables) {
    const child = spawn(command, parameters, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...variables },
    });
    this.#process = child;
    this.#closed = new Promise((resolve) => child.once('close', resolve));
    child.on('error', (error) => this.#end(error.message));
    child.on('exit', (code, signal) => this.#end(signal ? `killed by ${signal}` : `exit code ${code}`));
    // What is written to a peer that has ended is lost; that it has ended shows in its output.
    child.stdin!.on('error', () => {});
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrors);
    });
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** @throws MissingPeerError if the program is missing, or is not ready in time. */
  static async start(
    command: string,
    parameters: readonly string[],
    timeoutMilliseconds: number,
    variables: Variables = {},
  ): Promise<ChildPeer> {
    const peer = new ChildPeer(command, parameters, variables);
    const first = await peer.#next(timeoutMilliseconds);
    if (first && 'versions' in first) {
      peer.#hello = first as unknown as Hello;
      return peer;
    }
    peer.stop();
    throw new MissingPeerError(first && 'missing' in first ? String(first.missing) : peer.#why());
  }

  get hello(): Hello {
    return this.#hello;
  }

  get alive(): boolean {
    return this.#ending === undefined;
  }

  async measure(task: Task, timeoutMilliseconds: number): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(task)}\n`);
    const answer = await this.#next(timeoutMilliseconds);
    if (answer) return answer as unknown as Answer;
    const late = this.#late;
    this.stop();
    return late ? { kind: 'late' } : { kind: 'failed', reason: this.#why() };
  }

  stop(): void {
    this.#end('stopped');
    this.#process.kill('SIGKILL');
  }

  /** The next answer; undefined if the process has ended or takes too long. Lines that are no JSON object are not ours. */
  async #next(timeoutMilliseconds: number): Promise<Record<string, unknown> | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.#late = true;
        this.#end(`not within ${Math.round(timeoutMilliseconds / 1000)} s`);
        resolve(undefined);
      }, timeoutMilliseconds);
    });
    try {
      return await Promise.race([this.#line(), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #line(): Promise<Record<string, unknown> | undefined> {
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) {
        // Its exit code and its last words may come after the end of its output.
        await this.#closed;
        return undefined;
      }
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  /** The first reason is the true one. */
  #end(reason: string): void {
    this.#ending ??= reason;
  }

  /** Why it gave no answer: how it ended, and the last line it wrote to standard error. */
  #why(): string {
    const last = this.#errors.trim().split('\n').at(-1);
    return ['the peer did not answer', this.#ending, last].filter(Boolean).join(': ');
  }
}
