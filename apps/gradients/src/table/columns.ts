/** The columns of the table: each backend with @bn and with tfjs alone. */

import { registerTrainingKernels, unregisterTrainingKernels } from '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import { type CheckedBackend, checkedBackends, tolerances } from './backends.js';

export interface Column {
  title: string;
  backend: CheckedBackend;
  /** Whether @bn/wasm-train is registered. Its gradients serve every backend, its kernels wasm alone. */
  isOurs: boolean;
  /** Largest error, in parts of the truth's largest element. */
  tolerance: number;
}

export const columns: readonly Column[] = checkedBackends.flatMap((backend) =>
  [true, false].map((isOurs) => ({
    title: `${backend}, ${isOurs ? '@bn' : 'tfjs'}`,
    backend,
    isOurs,
    tolerance: tolerances[backend],
  })),
);

/** Makes the column's backend the current one, in the column's state. */
export async function useColumn({ backend, isOurs }: Column): Promise<void> {
  if (isOurs) registerTrainingKernels();
  else unregisterTrainingKernels();
  await tf.setBackend(backend);
  await tf.ready();
}

/**
 * A new backend of the same name. tfjs's wasm kernels may write beyond their results, or crash half-way; the next case
 * must not suffer from that.
 */
export async function renewBackend(column: Column): Promise<void> {
  const factory = tf.findBackendFactory(column.backend);
  if (tf.findBackend(column.backend) !== null) {
    tf.removeBackend(column.backend);
    tf.registerBackend(column.backend, factory, 2);
  }
  await useColumn(column);
}
