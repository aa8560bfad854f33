/** A scope for each test, so that none has to dispose of its tensors. */
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach } from 'vitest';

/** Each test begins on this backend, in a scope that ends with it, and leaves no variables. */
export function testsInScope(backend: string): void {
  beforeEach(async () => {
    await useBackend(backend);
    tf.engine().startScope();
  });
  afterEach(() => {
    tf.engine().endScope();
    tf.disposeVariables();
  });
}
