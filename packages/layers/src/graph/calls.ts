/**
 * Which layer calls are running, and which of them the executor of tf.layers makes.
 *
 * The executor walks the symbolic tensors of a model. Right before it applies a layer it reads `inputs` of the layer's
 * symbolic output. A getter there tells which call of the graph comes next, also if a layer is called several times.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

export type Layer = tfl.layers.Layer;

/** tfjs passes what Keras passes by keyword: `training`, `mask`. */
export type Keywords = Record<string, unknown>;

/** null for a tensor without a mask. */
export type Mask = tf.Tensor | null;

/** A call of a layer on tensors, while it runs. */
export interface Call {
  readonly layer: Layer;
  readonly keywords: Keywords;
  /** The mask of the first input. */
  readonly mask: Mask;
}

/** A call in the graph of a model, with the keywords that it has there. */
interface GraphCall {
  readonly layer: Layer;
  readonly keywords: Keywords;
}

const running: Call[] = [];
let announced: GraphCall | undefined;

export const toList = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** Makes the executor say, through the symbolic outputs of a call, when it is about to make it. */
export function watchOutputs(outputs: readonly tfl.SymbolicTensor[], call: GraphCall): void {
  for (const output of outputs) {
    const { inputs } = output;
    const get = () => {
      announced = call;
      return inputs;
    };
    Object.defineProperty(output, 'inputs', { get, configurable: true, enumerable: true });
  }
}

/** The call of a graph that the executor is making by applying this layer; undefined if a program applies it. */
export function takeGraphCall(layer: Layer): GraphCall | undefined {
  if (announced?.layer !== layer) return undefined;
  const call = announced;
  announced = undefined;
  return call;
}

export function whileRunning<T>(call: Call, run: () => T): T {
  running.push(call);
  try {
    return run();
  } finally {
    running.pop();
  }
}

/** The innermost call that is running. */
export const currentCall = (): Call | undefined => running.at(-1);
