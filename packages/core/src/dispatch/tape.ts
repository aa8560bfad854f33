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

/** Whether tfjs records what runs now. */
export const isRecording = (): boolean => tf.engine().isTapeOn();

/** What a gradient needs and the caller may dispose of: kept until the tape has been walked. For use off the tape. */
export function save(tensor: tf.Tensor): tf.Tensor {
  return tf.keep(recorder().clone(tensor));
}

/** Another tensor of the data of one that a kernel has just made, of which the tape knows nothing. */
export function share(tensor: tf.Tensor): tf.Tensor {
  const engine = tf.engine();
  engine.backend.incRef(tensor.dataId);
  return engine.makeTensorFromTensorInfo(tensor);
}

/** Of the output, by the names of the inputs. */
type Gradient = (dy: tf.Tensor) => Record<string, () => tf.Tensor>;

/** An operation as the tape has it. */
export interface Recorded {
  /** The kernel that has the operation's gradient, or a name without a kernel if the operation brings its own. */
  readonly kernelName: string;
  readonly inputs: tf.NamedTensorMap;
  /** Those that are functions of the inputs: for each of them that nothing depends on, tfjs would make a gradient of zeros. */
  readonly outputs: readonly tf.Tensor[];
  /** Kept tensors that the gradient is given, and that the tape disposes of. */
  readonly saved: readonly tf.Tensor[];
  readonly attributes: object;
  /** Of an operation with one output. */
  readonly gradient?: Gradient;
}

/** Records an operation that ran off the tape. */
export function record({ kernelName, inputs, outputs, saved, attributes, gradient }: Recorded): void {
  recorder().addTapeNode(kernelName, inputs, outputs, gradient ?? null, saved, attributes);
}

/** Parts of the engine that its types leave out. */
interface Recorder {
  clone(tensor: tf.Tensor): tf.Tensor;
  addTapeNode(
    kernelName: string,
    inputs: tf.NamedTensorMap,
    outputs: readonly tf.Tensor[],
    gradient: Gradient | null,
    saved: readonly tf.Tensor[],
    attributes: object,
  ): void;
}

const recorder = () => tf.engine() as unknown as Recorder;
