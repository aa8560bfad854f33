/**
 * What a worker runs, as text: it needs no file at run time, and no bundler can change it. See control.ts for the protocol.
 *
 * A kernel that throws is noted in shared memory, since the main thread sees no event while it waits.
 */
import { FIRST_ARGUMENT, MESSAGE_BYTES, OPEN, word } from './control.js';

/**
 * How long a worker keeps looking for more work before it sleeps: the steps of one operation follow each other within
 * this time, and waking up would take longer.
 */
const SPIN_MILLISECONDS = 0.1;

const common = `
'use strict';
const word = ${JSON.stringify(word)};

/** Runs pieces of what the main thread has written down. */
function takePart({ words, numbers }, exports, names, index) {
  const kernel = exports[names[words[word.kernel]]];
  const last = ${FIRST_ARGUMENT} + words[word.argumentCount];
  const args = Array.from(numbers.subarray(${FIRST_ARGUMENT}, last));
  const scratch = numbers[0] + numbers[1] * index;
  const items = words[word.items];
  const pieces = words[word.pieces];
  for (;;) {
    const taken = Atomics.add(words, word.next, 1);
    if (taken >= pieces) return;
    Atomics.add(words, word.takenByWorkers, 1);
    const piece = words[word.backwards] ? pieces - 1 - taken : taken;
    const from = Math.floor((piece * items) / pieces);
    const to = Math.floor(((piece + 1) * items) / pieces);
    kernel(...args, from, to, scratch);
  }
}

function noteFailure({ words, message }, index, error) {
  const text = new TextEncoder().encode(String(error)).subarray(0, ${MESSAGE_BYTES});
  message.set(text);
  words[word.messageLength] = text.length;
  Atomics.store(words, word.failed, index);
}

function enterIfOpen(control, exports, names, index) {
  const { words } = control;
  let gate = Atomics.load(words, word.gate);
  while ((gate & ${OPEN}) !== 0) {
    const found = Atomics.compareExchange(words, word.gate, gate, gate + 1);
    if (found === gate) {
      try {
        takePart(control, exports, names, index);
      } catch (error) {
        noteFailure(control, index, error);
      } finally {
        Atomics.sub(words, word.gate, 1);
        Atomics.notify(words, word.gate);
      }
      return;
    }
    gate = found;
  }
}

function nextEpoch(words, seen) {
  const start = performance.now();
  do {
    for (let i = 0; i < 200; i++) {
      const epoch = Atomics.load(words, word.epoch);
      if (epoch !== seen) return epoch;
    }
  } while (performance.now() - start < ${SPIN_MILLISECONDS});
  Atomics.wait(words, word.epoch, seen);
  return Atomics.load(words, word.epoch);
}

function work({ module, memory, control, names, index }, ready) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { words } = control;
  ready();
  for (let seen = 0; Atomics.load(words, word.stop) === 0; ) {
    seen = nextEpoch(words, seen);
    if (Atomics.load(words, word.stop) === 0) enterIfOpen(control, exports, names, index);
  }
}
`;

export const nodeSource = `${common}
const { parentPort, workerData } = require('node:worker_threads');
work(workerData, () => parentPort.postMessage('ready'));
`;

export const browserSource = `${common}
onmessage = ({ data }) => {
  work(data, () => postMessage('ready'));
  close();
};
`;
