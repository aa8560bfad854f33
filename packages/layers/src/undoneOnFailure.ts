import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs `make`, and if it throws, disposes of every variable and tensor that it has made, so that `tf.memory()` is as before. What
 * a successful run has made is the caller's. Synchronous, since only then is it known who made what.
 */
export function undoneOnFailure<T>(make: () => T): T {
  const engine = tf.engine();
  const { registeredVariables } = engine;
  const before = new Set(Object.values(registeredVariables));
  engine.startScope('load');
  try {
    const made = make();
    engine.endScope([...engine.state.activeScope.track]);
    return made;
  } catch (error) {
    engine.endScope();
    for (const variable of Object.values(registeredVariables)) {
      if (!before.has(variable)) variable.dispose();
    }
    throw error;
  }
}
