/** Evaluates the expressions of the faults. */
import { poisonHeap } from '@bn/gradients/poisonedHeap';
import * as tf from '@tensorflow/tfjs';
import type { Backend } from '../fault.js';
import * as helpers from '../helpers.js';

export type Outcome = { readonly values: readonly number[] } | { readonly message: string };

const AsyncFunction = (async () => {}).constructor as new (
  ...parameters: string[]
) => (...values: unknown[]) => Promise<tf.Tensor | tf.Tensor[]>;

/**
 * What an expression computes on a backend, or how its error begins. On wasm every block of memory is handed out full of
 * large numbers, so that a kernel that leaves some of its result unwritten is seen.
 *
 * @param exported what the import exports, by name
 */
export async function evaluate(
  code: string,
  backend: Backend,
  exported: Readonly<Record<string, unknown>>,
): Promise<Outcome> {
  await tf.setBackend(backend);
  if (backend === 'wasm') poisonHeap();
  const scope = { tf, ...helpers, ...exported };
  try {
    const result = await new AsyncFunction(...Object.keys(scope), `return ${code}`)(...Object.values(scope));
    const values = await Promise.all([result].flat().map((tensor) => tensor.data()));
    return { values: values.flatMap((each) => Array.from(each)) };
  } catch (error) {
    return { message: (error as Error).message };
  }
}
