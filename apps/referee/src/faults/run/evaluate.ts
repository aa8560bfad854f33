/** Evaluates the expressions of the faults. */
import * as tf from '@tensorflow/tfjs';
import type { Backend } from '../fault.js';
import * as helpers from '../helpers.js';

export type Outcome = { readonly values: readonly number[] } | { readonly message: string };

const AsyncFunction = (async () => {}).constructor as new (
  ...parameters: string[]
) => (...values: unknown[]) => Promise<tf.Tensor | tf.Tensor[]>;

/**
 * What an expression computes on a backend, or how its error begins.
 *
 * @param exported what the import exports, by name
 * @param prepare is called when the backend is current
 */
export async function evaluate(
  code: string,
  backend: Backend,
  exported: Readonly<Record<string, unknown>>,
  prepare: (backend: Backend) => void,
): Promise<Outcome> {
  await tf.setBackend(backend);
  await tf.ready();
  prepare(backend);
  const scope = { tf, ...helpers, ...exported };
  try {
    const result = await new AsyncFunction(...Object.keys(scope), `return ${code}`)(...Object.values(scope));
    const values = await Promise.all([result].flat().map((tensor) => tensor.data()));
    return { values: values.flatMap((each) => Array.from(each)) };
  } catch (error) {
    return { message: (error as Error).message };
  }
}
