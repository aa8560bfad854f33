/** With tfjs alone: what each fault shows, and what other code makes of it. One line of JSON for each fault and backend. */
import '@tensorflow/tfjs-backend-wasm';
import { faults } from '../list.js';
import { evaluate } from './evaluate.js';
import { print } from './print.js';

for (const [i, { code, backends, mending, instead }] of faults.entries()) {
  for (const backend of backends) {
    const alone = await evaluate(code, backend, {});
    print({ fault: i, backend, alone });
    if (mending === undefined && instead !== undefined) {
      print({ fault: i, backend, mended: await evaluate(instead, backend, {}) });
    }
  }
}
