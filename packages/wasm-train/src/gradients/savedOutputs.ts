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
  readonly saved?: readonly tf.Tensor[];
}

/** A part of the engine that its types leave out. */
interface Recorder {
  addTapeNode(...record: unknown[]): void;
}

/** What stands in the place of the engine's own way to record, and whether it orders. */
interface Wrapper {
  readonly original: Recorder['addTapeNode'];
  readonly addTapeNode: Recorder['addTapeNode'];
  orders: boolean;
}

const wrappers = new WeakMap<Engine, Wrapper>();

export function orderSavedOutputs(): void {
  const engine = tf.engine();
  const known = wrappers.get(engine);
  if (known) {
    known.orders = true;
    return;
  }
  const recorder = engine as unknown as Recorder;
  const original = recorder.addTapeNode;
  const wrapper: Wrapper = {
    original,
    orders: true,
    addTapeNode: (...record) => {
      original.apply(engine, record);
      if (wrapper.orders) putBeforeClones(engine.state.activeTape as unknown as TapeNode[]);
    },
  };
  wrappers.set(engine, wrapper);
  recorder.addTapeNode = wrapper.addTapeNode;
}

/** Gives tfjs its order back. If another program has wrapped the engine's way to record since, that stays. */
export function leaveSavedOutputs(): void {
  const engine = tf.engine();
  const wrapper = wrappers.get(engine);
  if (wrapper === undefined) return;
  wrapper.orders = false;
  const recorder = engine as unknown as Recorder;
  if (recorder.addTapeNode !== wrapper.addTapeNode) return;
  recorder.addTapeNode = wrapper.original;
  wrappers.delete(engine);
}

/** Moves the last record before the first clone of a result of it. Clones of its inputs may stand in between. */
function putBeforeClones(tape: TapeNode[]): void {
  const last = tape.length - 1;
  const node = tape[last]!;
  const first = Math.max(0, last - (node.saved?.length ?? 0));
  let place = first;
  while (place < last && !isOfResult(tape[place]!, node)) ++place;
  if (place === last) return;
  tape.copyWithin(place + 1, place, last);
  tape[place] = node;
}

function isOfResult({ inputs: { x } }: TapeNode, { outputs }: TapeNode): boolean {
  return x !== undefined && outputs.some(({ id }) => id === x.id);
}
