/** `mended.js IMPORT`, in Node: with the import. */
import '@tensorflow/tfjs-backend-wasm';
import type { Mending } from '../fault.js';
import { printMended } from './outcomes.js';
import { poison } from './poison.js';

const imports: Readonly<Record<Mending, () => Promise<Readonly<Record<string, unknown>>>>> = {
  '@bn/layers': async () => {
    // What any program of @bn has, too: kernels for its backends.
    await Promise.all([import('@bn/wasm'), import('@bn/cpu-ref')]);
    return import('@bn/layers');
  },
  '@bn/wasm': () => import('@bn/wasm'),
  '@bn/wasm-train': () => import('@bn/wasm-train'),
};

const mending = process.argv[2] as Mending;
await printMended(['cpu', 'wasm'], mending, await imports[mending](), poison);
