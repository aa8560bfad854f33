/** A peer as a process: answers tasks, one JSON object a line, from standard input until it ends. */
import { createInterface } from 'node:readline';
import v8 from 'node:v8';
import { messageOf } from '../errors.js';
import type { Contender } from '../grid/contenders.js';
import { startWorkbench } from '../implementations/start.js';
import type { Task } from '../measuring/protocol.js';
import { answering } from '../measuring/serve.js';

const write = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

/**
 * Bytes in use outside of WebAssembly; the process is started with --expose-gc, and with --no-flush-bytecode, as collections
 * that no user asks for would throw away compiled code that has not run for some of them.
 */
function usedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

// As apps/lenet does: Node 20 has fused multiply-add on vectors behind a flag, later ones have it by default.
if (process.versions.node.startsWith('20.')) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

// Ctrl-C reaches the whole group of processes; the run decides what becomes of its peers.
process.on('SIGINT', () => {});

const contender = JSON.parse(process.argv[2]!) as Contender;
try {
  const workbench = await startWorkbench(contender);
  const answer = answering(workbench, usedHeap);
  write(workbench.hello);
  for await (const line of createInterface({ input: process.stdin })) {
    write(await answer(JSON.parse(line) as Task));
  }
} catch (error) {
  write({ missing: messageOf(error) });
}
// Threads of onnxruntime-web would keep the process.
process.exit();
