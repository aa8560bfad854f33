/** Workers that share the pieces of a kernel's work with the main thread; see control.ts for how they agree on it. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Exports } from '../calls.js';
import { ThreadError } from '../errors.js';
import type { KernelSource } from '../kernelSource.js';
import { memoryOf } from '../module.js';
import { type Control, createControl, OPEN } from './control.js';
import { processorCount } from './environment.js';
import { isUntouched, layOutShares, takePieces, withdrawShares } from './pieces.js';
import { Readiness } from './readiness.js';
import type { Threads } from './threads.js';
import { tuning } from './tuning.js';
import * as word from './words.js';
import { startWorker, type Worker } from './worker.js';

/** Looks at shared memory between two looks at the clock: less than a microsecond. */
const LOOKS = 100;
/** Milliseconds. A longer pause between two looks at the clock was not spent waiting: the process was suspended. */
const LONGEST_PAUSE = 100;
/** The main thread of a page must not sleep: it goes on looking. */
const MAY_SLEEP = typeof document === 'undefined';

export class Pool implements Threads {
  readonly size: number;
  readonly #libraries = new Map<object, LibraryOfPool>();
  readonly #control: Control;
  readonly #readiness: Readiness;
  /** Milliseconds that a thread keeps looking before it sleeps. */
  readonly #spin: number;
  readonly #workers: Worker[] = [];
  #ended: Promise<void> | undefined;
  #hung = false;
  #failure: ThreadError | undefined;

  private constructor(size: number, libraries: readonly KernelSource[], backend: BackendWasm) {
    this.size = size;
    this.#control = createControl(size);
    this.#readiness = new Readiness(this.#control.words, size - 1);
    // With fewer processors than threads, one that looks keeps another from its work.
    this.#spin = size > processorCount() ? 0 : tuning.spinMilliseconds;
    let first = 0;
    for (const library of libraries) {
      const kernels = library.exports(backend);
      const names = Object.keys(kernels);
      const indices = Object.fromEntries(names.map((name, i) => [name, first + i]));
      this.#libraries.set(library, { kernels, indices });
      first += names.length;
    }
  }

  /** @throws ThreadError if a worker does not start; none is left then. */
  static async start(size: number, libraries: readonly KernelSource[], backend: BackendWasm): Promise<Pool> {
    const pool = new Pool(size, libraries, backend);
    const memory = memoryOf(backend);
    const shared = {
      libraries: libraries.map((library) => ({
        module: library.module(memory),
        names: Object.keys(library.exports(backend)),
      })),
      ...{ memory, control: pool.#control, spinMilliseconds: pool.#spin },
    };
    const starts = Array.from({ length: size - 1 }, async (_, i) => {
      const worker = await startWorker({ ...shared, index: i + 1 }, (reason) =>
        pool.#fail(`Worker ${i + 1} of ${size - 1} has crashed: ${reason}`),
      );
      pool.#workers.push(worker);
    });
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
    if (failed) {
      await pool.stop();
      throw (failed as PromiseRejectedResult).reason;
    }
    return pool;
  }

  get failure(): ThreadError | undefined {
    return this.#failure;
  }

  get takenByWorkers(): number {
    return Atomics.load(this.#control.words, word.takenByWorkers);
  }

  get hung(): boolean {
    return this.#hung;
  }

  prepare(floats: number): boolean {
    return this.#readiness.prepare(floats);
  }

  stop(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const { words } = this.#control;
    Atomics.store(words, word.stop, 1);
    Atomics.add(words, word.epoch, 1);
    Atomics.notify(words, word.epoch);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  has(library: object): boolean {
    return this.#libraries.has(library);
  }

  range(
    library: KernelSource,
    kernel: string,
    call: number,
    items: number,
    scratch: number,
    threadBytes: number,
  ): void {
    const pieces = Math.min(items, this.size * tuning.piecesPerThread);
    const { kernels, indices } = this.#libraries.get(library)!;
    const run = kernels[kernel]!;
    if (pieces < 2) run(call, 0, items, scratch);
    else {
      const index = indices[kernel]!;
      this.#share({ kernel, index, run, call, items, pieces, scratch, threadBytes });
    }
  }

  #share(work: Work): void {
    const { words } = this.#control;
    const { kernel, run, call, scratch } = work;
    this.#describe(work);
    Atomics.store(words, word.gate, OPEN);
    Atomics.add(words, word.epoch, 1);
    this.#readiness.wake();
    try {
      if (tuning.workersFirst) this.#waitForWorkers(work);
      takePieces(words, 0, (from, to) => run(call, from, to, scratch));
    } finally {
      // Nobody may start on what is left after an error.
      withdrawShares(words, work.pieces, this.size);
      Atomics.and(words, word.gate, ~OPEN);
      this.#waitWhile(() => Atomics.load(words, word.gate) !== 0, kernel, MAY_SLEEP);
    }
    const failed = Atomics.load(words, word.failed);
    if (failed !== 0) throw this.#fail(`${kernel} failed in worker ${failed}: ${this.#message()}`);
  }

  #describe({ index, call, items, pieces, scratch, threadBytes }: Work) {
    const { words } = this.#control;
    words[word.kernel] = index;
    words[word.call] = call;
    words[word.scratch] = scratch;
    words[word.threadBytes] = threadBytes;
    words[word.failed] = 0;
    layOutShares(words, items, pieces, this.size);
  }

  #waitForWorkers({ kernel, pieces }: Work): void {
    for (let worker = 1; worker < this.size; worker++) {
      this.#waitWhile(() => isUntouched(this.#control.words, worker, pieces, this.size), kernel);
    }
  }

  /** Waits for workers that are at work; with `sleep` they wake the thread when they leave. */
  #waitWhile(condition: () => boolean, kernel: string, sleep = false): void {
    const { words } = this.#control;
    let waited = 0;
    let last = Number.NaN;
    for (;;) {
      for (let i = 0; i < LOOKS; i++) if (!condition()) return;
      if (Number.isNaN(last)) last = performance.now();
      const gate = Atomics.load(words, word.gate);
      if (sleep && waited > this.#spin && gate !== 0) Atomics.wait(words, word.gate, gate, LONGEST_PAUSE);
      const now = performance.now();
      waited += Math.min(now - last, LONGEST_PAUSE);
      last = now;
      if (waited > tuning.timeoutMilliseconds) {
        this.#hung = true;
        throw this.#fail(`${kernel}: a worker did not finish within ${tuning.timeoutMilliseconds} ms`);
      }
    }
  }

  #message(): string {
    const { words, message } = this.#control;
    return new TextDecoder().decode(message.slice(0, words[word.messageLength]));
  }

  /** Ends the threads on account of an error, which is returned. Nothing happens where they have ended before. */
  #fail(reason: string): ThreadError {
    const error = new ThreadError(
      `${reason}. The threads were stopped; computation continues on one thread. useThreads(${this.size}) starts them again`,
    );
    if (!this.#ended) {
      this.#failure = error;
      void this.stop();
    }
    return error;
  }
}

/** The kernels of a library. */
interface LibraryOfPool {
  /** The main thread's. */
  readonly kernels: Exports;
  /** Their indices among those of all libraries, the same in every worker. */
  readonly indices: Readonly<Record<string, number>>;
}

/** One call of a kernel, and how it is cut up. */
interface Work {
  readonly kernel: string;
  readonly index: number;
  readonly run: Exports[string];
  /** Where its record is. */
  readonly call: number;
  readonly items: number;
  readonly pieces: number;
  /** The first thread's scratch space; the others' follow. */
  readonly scratch: number;
  readonly threadBytes: number;
}
