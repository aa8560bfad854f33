/**
 * What the tape keeps of an operation for its gradient, without a kernel.
 *
 * tfjs keeps a clone of each: it runs Identity, and records that, so that gradients of gradients find their way from the clone to
 * the tensor. A training step of a small network has more of these than of anything else. Here the kept tensor shares the data and
 * the id of the one that it stands for. The tape knows tensors by their ids, so there is nothing to record, and its walks are
 * shorter. Sharing is safe for the same reasons as in identity.ts.
 *
 * A gradient that itself differentiates in what it saved must clone it first: by its id, the original is meant, and with it
 * everything that is a function of the original.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

type Engine = ReturnType<typeof tf.engine>;

/** A part of the engine that its types leave out: the clone that it keeps. */
interface Keeper {
  clone(x: tf.Tensor): tf.Tensor;
}

const sharing = new WeakSet<Engine>();

/** From here on what the tape keeps shares data, where data live on tfjs's wasm backend; elsewhere tfjs clones as before. */
export function shareSaved(): void {
  const engine = tf.engine();
  if (sharing.has(engine)) return;
  sharing.add(engine);
  const keeper = engine as unknown as Keeper;
  const clone = keeper.clone.bind(engine);
  keeper.clone = (x) => (isOnHeap(engine, x) ? shared(engine, x) : clone(x));
}

/** Whether x needs neither a move nor a conversion, of which Identity takes care. */
function isOnHeap({ backendName, backend, state }: Engine, { dataId, dtype }: tf.Tensor): boolean {
  if (backendName !== 'wasm') return false;
  const info = state.tensorInfo.get(dataId);
  return info !== undefined && info.backend === backend && info.dtype === dtype && dtype !== 'string';
}

function shared(engine: Engine, x: tf.Tensor): tf.Tensor {
  (engine.backend as BackendWasm).incRef(x.dataId);
  const kept = engine.makeTensorFromTensorInfo(x);
  (kept as { id: number }).id = x.id;
  return kept;
}
