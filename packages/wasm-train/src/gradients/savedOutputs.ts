/**
 * Gradients of gradients of operations that keep their result: exp, sigmoid, tanh, softmax, elu and others.
 *
 * tfjs keeps a clone of the result, and records the clone before the operation that it is a clone of. Walking back, it meets the
 * operation first, and what comes through the clone later is lost: the second derivative of exp(x)^2 at 0 is 2 in place of 4. Here the
 * operation is put before the clones of its results. On wasm nothing is cloned, and the order is right.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { engineMethod } from './engineMethod.js';

interface TapeNode {
  /** `x` alone, of a clone. */
  readonly inputs: tf.NamedTensorMap;
  readonly outputs: readonly tf.Tensor[];
  readonly saved?: readonly tf.Tensor[];
}

export const savedOutputs = engineMethod<unknown[], void>(
  'addTapeNode',
  (engine, original, isOn) =>
    (...record) => {
      original(...record);
      if (isOn()) putBeforeClones(engine.state.activeTape as unknown as TapeNode[]);
    },
);

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
