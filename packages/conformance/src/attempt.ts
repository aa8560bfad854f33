/** A function that may fail, and what it leaves behind then. */
import * as tf from '@tensorflow/tfjs-core';

/** What a function ended with. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

export interface Attempt<T> {
  readonly outcome: Outcome<T>;
  /** Frees the tensors and variables that f made before it failed; there is nothing to free if it did not. */
  readonly cleanUp: () => void;
}

/** Runs f. Nothing else may use tfjs until it is done. */
export async function attempt<T>(f: () => T | Promise<T>): Promise<Attempt<T>> {
  const engine = tf.engine();
  const variablesBefore = new Set(Object.values(engine.registeredVariables));
  engine.startScope();
  const { track: made } = engine.state.activeScope;
  try {
    return { outcome: { value: await f() }, cleanUp: () => {} };
  } catch (error) {
    // What operations saved for a gradient, tfjs frees only if the gradient comes to its end.
    const saved = (engine.state.activeTape ?? []).flatMap((node) => node.saved ?? []);
    const cleanUp = () => {
      const variables = Object.values(engine.registeredVariables);
      const added = variables.filter((variable) => !variablesBefore.has(variable));
      tf.dispose([...made, ...saved, ...added]);
    };
    return { outcome: { error }, cleanUp };
  } finally {
    // All of it stays: whether f leaves too much is for others to judge.
    engine.endScope(made);
  }
}
