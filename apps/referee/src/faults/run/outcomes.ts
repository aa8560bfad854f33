/** Prints what the faults show, and what they come to with what mends them. One line of JSON for each fault and backend. */
import type { Backend, Mending } from '../fault.js';
import { faults } from '../list.js';
import { evaluate } from './evaluate.js';
import { print } from './print.js';

/**
 * With tfjs alone: what each fault shows, and what other code makes of it.
 *
 * @param prepare is called when a backend is current.
 */
export async function printAlone(backends: readonly Backend[], prepare = (_: Backend) => {}): Promise<void> {
  for (const [i, { code, mending, instead, ...fault }] of faults.entries()) {
    for (const backend of fault.backends.filter((each) => backends.includes(each))) {
      print({ fault: i, backend, alone: await evaluate(code, backend, {}, prepare) });
      if (mending === undefined && instead !== undefined) {
        print({ fault: i, backend, mended: await evaluate(instead, backend, {}, prepare) });
      }
    }
  }
}

/** What the faults that an import mends come to with it. */
export async function printMended(
  backends: readonly Backend[],
  mending: Mending,
  exported: Readonly<Record<string, unknown>>,
  prepare = (_: Backend) => {},
): Promise<void> {
  for (const [i, fault] of faults.entries()) {
    if (fault.mending !== mending) continue;
    for (const backend of fault.backends.filter((each) => backends.includes(each))) {
      const mended = await evaluate(fault.instead ?? fault.code, backend, exported, prepare);
      print({ fault: i, backend, mended });
    }
  }
}
