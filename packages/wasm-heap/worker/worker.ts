/**
 * What a worker runs; see src/threads/control.ts for the protocol. The build makes text of it, src/generated/workerSource.ts:
 * so it needs no file at run time, and no bundler can change it.
 *
 * A kernel that throws is noted in shared memory, since the main thread sees no event while it waits.
 */
import { type Control, MESSAGE_BYTES, OPEN } from '../src/threads/control.js';
import { nodeModule } from '../src/threads/environment.js';
import { nextEpoch } from '../src/threads/nextEpoch.js';
import { takePieces } from '../src/threads/pieces.js';
import * as word from '../src/threads/words.js';
import type { Assignment } from '../src/threads/worker.js';

interface Worker {
  readonly control: Control;
  readonly kernels: readonly ((...args: number[]) => void)[];
  readonly index: number;
}

/** Runs pieces of what the main thread has written down. */
function takePart({ control: { words }, kernels, index }: Worker): void {
  const kernel = kernels[words[word.kernel]!]!;
  const call = words[word.call]!;
  const scratch = words[word.scratch]! + words[word.threadBytes]! * index;
  takePieces(words, index, (from, to) => {
    Atomics.add(words, word.takenByWorkers, 1);
    kernel(call, from, to, scratch);
  });
}

function noteFailure({ control: { words, message }, index }: Worker, error: unknown): void {
  const text = new TextEncoder().encode(String(error)).subarray(0, MESSAGE_BYTES);
  message.set(text);
  words[word.messageLength] = text.length;
  Atomics.store(words, word.failed, index);
}

function enterIfOpen(worker: Worker): void {
  const { words } = worker.control;
  let gate = Atomics.load(words, word.gate);
  while ((gate & OPEN) !== 0) {
    const found = Atomics.compareExchange(words, word.gate, gate, gate + 1);
    if (found === gate) {
      try {
        takePart(worker);
      } catch (error) {
        noteFailure(worker, error);
      } finally {
        Atomics.sub(words, word.gate, 1);
        Atomics.notify(words, word.gate);
      }
      return;
    }
    gate = found;
  }
}

function work({ libraries, memory, control, spinMilliseconds, index }: Assignment, ready: () => void): void {
  const kernels = libraries.flatMap(({ module, names }) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return names.map((name) => exports[name] as (...args: number[]) => void);
  });
  const worker = { control, kernels, index };
  const { words } = control;
  ready();
  for (let seen = 0; Atomics.load(words, word.stop) === 0; ) {
    seen = nextEpoch(words, seen, spinMilliseconds);
    if (Atomics.load(words, word.stop) === 0) enterIfOpen(worker);
  }
}

const threads = nodeModule('node:worker_threads');
if (threads) {
  work(threads.workerData, () => threads.parentPort!.postMessage('ready'));
} else {
  globalThis.onmessage = ({ data }) => {
    work(data, () => globalThis.postMessage('ready'));
    globalThis.close();
  };
}
