/** Starts a backend in Node, as the command line names it. */
import v8 from 'node:v8';
import { backends, type NodeBackendName, startBackend as start, type Threads } from '@bn/backends';
import { messageOf, OptionError } from '../errors.js';

/** @throws OptionError where the backend has no such threads. */
export function checkThreads(name: NodeBackendName, threads: Threads): void {
  if (backends[name].threaded || threads === 'auto' || threads === 1) return;
  throw new OptionError(
    `--threads ${threads}: the ${name} backend has one; leave it out, or take --backend wasm`,
  );
}

/**
 * Makes `name` tfjs's current backend. Call it before anything else of tfjs.
 *
 * @throws OptionError where the backend has no such threads.
 */
export async function startBackend(name: NodeBackendName, threads: Threads = 1): Promise<void> {
  checkThreads(name, threads);
  if (name === 'wasm') allowRelaxedSimd();
  holdsProcess ||= name === 'webgpu';
  try {
    await start(name, { threads });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'BN_WEBGPU_UNSUPPORTED') throw error;
    throw new OptionError(`--backend ${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether a backend keeps the process alive: Dawn, which is WebGPU in Node, never lets go of it. */
let holdsProcess = false;

/** Ends a process that has nothing left to do, after what it has printed is out. */
export function endProcess(): void {
  if (holdsProcess) process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

/**
 * Node 20 has fused multiply-add on vectors behind a flag, which V8 reads whenever it compiles a module; newer engines
 * have it by default.
 */
function allowRelaxedSimd(): void {
  if (!WebAssembly.validate(relaxedSimdModule)) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** One function that does f32x4.relaxed_madd on its three parameters. */
const relaxedSimdModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
);
