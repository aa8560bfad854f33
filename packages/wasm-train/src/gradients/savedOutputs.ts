/**
 * Gradients of gradients of operations that keep their result: exp, sigmoid, tanh, softmax, elu and others.
 *
 * tfjs keeps a clone of the result, and records the clone before the operation that it is a clone of. Walking back, it meets the
 * operation first, and what comes through the clone later is lost: the second derivative of exp(x)^2 at 0 is 2 in place of 4. Here the
 * operation is put before the clones of its results. On wasm nothing is cloned, and the order is right.
 */
import * as tf from '@tensorflow/tfjs-core';

type Engine = ReturnType<typeof tf.engine>;

interface TapeNode {
  /** `x` alone, of a clone. */
  readonly inputs: tf.NamedTensorMap;
  readonly outputs: readonly tf.Tensor[];
}

/** A part of the engine that its types leave out. */
interface Recorder {
  addTapeNode(...record: unknown[]): void;
}

const originals = new WeakMap<Engine, Recorder['addTapeNode']>();

export function orderSavedOutputs(): void {
  const engine = tf.engine();
  if (originals.has(engine)) return;
  const recorder = engine as unknown as Recorder;
  const addTapeNode = recorder.addTapeNode;
  originals.set(engine, addTapeNode);
  recorder.addTapeNode = (...record) => {
    addTapeNode.apply(engine, record);
    putBeforeClones(engine.state.activeTape as unknown as TapeNode[]);
  };
}

/** Gives tfjs its order back. */
export function leaveSavedOutputs(): void {
  const engine = tf.engine();
  const original = originals.get(engine);
  if (original === undefined) return;
  (engine as unknown as Recorder).addTapeNode = original;
  originals.delete(engine);
}

/** Moves the last record before those whose input is a result of it. */
function putBeforeClones(tape: TapeNode[]): void {
  const last = tape.length - 1;
  const node = tape[last]!;
  let place = last;
  while (place > 0 && isOfResult(tape[place - 1]!, node)) --place;
  if (place === last) return;
  tape.copyWithin(place + 1, place, last);
  tape[place] = node;
}

function isOfResult({ inputs: { x } }: TapeNode, { outputs }: TapeNode): boolean {
  return x !== undefined && outputs.some(({ id }) => id === x.id);
}
