/**
 * Starts a tfjs backend in Node with the kernels that training on it needs. tfjs is loaded only then: the command line's help
 * does without.
 */
import v8 from 'node:v8';
import { OptionError } from '../errors.js';

/** What `--backend` takes. */
export const backendNames = ['wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** What `--threads` takes: any number of them computes the same. */
export type Threads = number | 'auto';

const loadKernels: Record<BackendName, (threads: Threads) => Promise<void>> = {
  wasm: async (threads) => {
    allowRelaxedSimd();
    await import('@tensorflow/tfjs-backend-wasm');
    await import('@bn/wasm-train');
    const { useThreads } = await import('@bn/wasm');
    await useThreads(threads);
  },
  cpu: async () => {
    await import('@bn/cpu-ref');
  },
};

/** @throws OptionError where the backend has no such threads. */
export function checkThreads(name: BackendName, threads: Threads): void {
  if (name === 'wasm' || threads === 'auto' || threads === 1) return;
  throw new OptionError(
    `--threads ${threads}: the ${name} backend has one; leave it out, or take --backend wasm`,
  );
}

/**
 * Makes `name` tfjs's current backend. Call it before anything else of tfjs.
 *
 * @throws OptionError where the backend has no such threads.
 */
export async function startBackend(name: BackendName, threads: Threads = 1): Promise<void> {
  checkThreads(name, threads);
  const tf = await import('@tensorflow/tfjs-core');
  // Without production mode the cpu backend prints an advertisement for tfjs-node on first use.
  tf.enableProdMode();
  await import('@tensorflow/tfjs');
  await loadKernels[name](threads);
  const { useBackend } = await import('@bn/core');
  await useBackend(name);
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
