/** What tfjs records on its tape while it differentiates, beyond what its public API offers. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs f, which differentiates, while tfjs is itself walking its tape backwards. At the outermost level tf.grads would
 * take the tape being walked for its own and throw it away.
 */
export function keepingTape<T>(f: () => T): T {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return f();
  } finally {
    state.activeTape = tape;
  }
}

/**
 * Runs f without recording it, as tfjs runs what is in a kernel. tfjs records every op, whether or not it leads to a
 * gradient that is asked for, and copies its inputs for that.
 */
export function offTape<T>(f: () => T): T {
  const { state } = tf.engine();
  state.kernelDepth++;
  try {
    return f();
  } finally {
    state.kernelDepth--;
  }
}
