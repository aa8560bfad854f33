/** `mended.js IMPORT`: what the faults that an import mends come to with it. One line of JSON for each fault and backend. */
import '@tensorflow/tfjs-backend-wasm';
import type { Mending } from '../fault.js';
import { faults } from '../list.js';
import { evaluate } from './evaluate.js';
import { print } from './print.js';

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
const exported = await imports[mending]();
for (const [i, fault] of faults.entries()) {
  if (fault.mending !== mending) continue;
  for (const backend of fault.backends) {
    print({ fault: i, backend, mended: await evaluate(fault.instead ?? fault.code, backend, exported) });
  }
}
