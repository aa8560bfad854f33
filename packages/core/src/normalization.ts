/** What every normalization layer is, and what all of them do with their weights. */
import * as tf from '@tensorflow/tfjs-core';
import { DisposedError, StateDictError } from './errors.js';
import { checkBoolean, checkKeys } from './options.js';
import { type Counter, checkStateDict, counterTensor, type StateDict } from './stateDict.js';

/** Options of `loadStateDict`. */
export interface LoadStateDictOptions {
  /**
   * Refuse missing and unexpected entries (default true), but for `num_batches_tracked`, which older versions of PyTorch do not
   * save: without it the count stays as it is. Entries of a wrong shape or dtype are always refused.
   */
  strict?: boolean | undefined;
}

/** A layer with state: options checked once, weights that follow x to whatever tfjs backend is current. */
export interface Normalization {
  /** Normalizes x; the result has x's shape. Each layer says what it throws. */
  // biome-ignore lint/suspicious/noExplicitAny: each layer's own apply says which options it takes, if any
  apply<T extends tf.Tensor>(x: T, options?: any): T;
  /** All variables, trainable ones first. */
  readonly weights: tf.Variable[];
  /** gamma and beta, if there are any. */
  readonly trainableWeights: tf.Variable[];
  /**
   * A snapshot of the state under PyTorch's names; the caller owns the tensors and disposes them.
   *
   * @throws DisposedError after `dispose()`.
   */
  stateDict(): StateDict;
  /**
   * Sets the state from such a snapshot.
   *
   * @throws StateDictError that lists every entry that is missing, unexpected or of a wrong shape or dtype; nothing is
   * changed then. OptionError for an option other than strict. DisposedError after `dispose()`.
   */
  loadStateDict(state: StateDict, options?: LoadStateDictOptions): void;
  /** Frees the weights. The layer cannot be used afterwards. */
  dispose(): void;
}

/** gamma and beta of a layer, as far as it has them. */
export interface Affine {
  gamma?: tf.Variable;
  beta?: tf.Variable;
}

/** gamma = 1 and beta = 0 of `shape`, trainable; nothing if the layer is not affine. */
export function createAffine(shape: readonly number[], affine: boolean, withBeta = true): Affine {
  if (!affine) return {};
  return tf.tidy(() => ({
    gamma: tf.variable(tf.ones([...shape])),
    ...(withBeta && { beta: tf.variable(tf.zeros([...shape])) }),
  }));
}

/** The part of a layer that does not depend on what it computes: weights, state dict, disposal. */
export abstract class NormalizationLayer implements Normalization {
  /** Scale, trainable, 1 at the start; undefined if the layer is not affine. */
  readonly gamma: tf.Variable | undefined;
  /** Offset, trainable, 0 at the start; undefined if the layer has none. */
  readonly beta: tf.Variable | undefined;

  readonly #named: Readonly<Record<string, tf.Variable>>;
  #disposed = false;

  /** `buffers` are the variables beside gamma and beta, by their PyTorch names. */
  protected constructor(
    private readonly layerName: string,
    { gamma, beta }: Affine,
    buffers: Readonly<Record<string, tf.Variable>> = {},
    private readonly counter?: Counter,
  ) {
    this.gamma = gamma;
    this.beta = beta;
    this.#named = { ...(gamma && { weight: gamma }), ...(beta && { bias: beta }), ...buffers };
  }

  // biome-ignore lint/suspicious/noExplicitAny: each layer's own apply says which options it takes, if any
  abstract apply<T extends tf.Tensor>(x: T, options?: any): T;

  get weights(): tf.Variable[] {
    return Object.values(this.#named);
  }

  get trainableWeights(): tf.Variable[] {
    return this.weights.filter((variable) => variable.trainable);
  }

  stateDict(): StateDict {
    this.assertUsable();
    const state: StateDict = {};
    for (const [key, variable] of Object.entries(this.#named)) state[key] = tf.clone(variable);
    if (this.counter) state[this.counter.key] = counterTensor(this.counter.value);
    return state;
  }

  loadStateDict(state: StateDict, options: LoadStateDictOptions = {}): void {
    this.assertUsable();
    const name = `${this.layerName}.loadStateDict`;
    checkKeys(name, options, ['strict']);
    if (typeof state !== 'object' || state === null) {
      throw new StateDictError(
        `${this.layerName}: a state dict must be an object of tensors, got ${String(state)}`,
      );
    }
    const isStrict = checkBoolean(name, 'strict', options.strict, true);
    checkStateDict(this.layerName, state, this.#named, this.counter, isStrict);
    for (const [key, variable] of Object.entries(this.#named)) {
      if (state[key] !== undefined) variable.assign(state[key] as typeof variable);
    }
    if (this.counter && state[this.counter.key] !== undefined) {
      this.counter.value = state[this.counter.key]!.dataSync()[0]!;
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    tf.dispose(this.weights);
  }

  protected assertUsable(): void {
    if (this.#disposed) {
      throw new DisposedError(`${this.layerName}: this layer has been disposed; create a new one`);
    }
    for (const name in this.#named) {
      if (!this.#named[name]!.isDisposed) continue;
      throw new DisposedError(
        `${this.layerName}: its ${name} has been disposed elsewhere, as tf.disposeVariables() does; create a new layer`,
      );
    }
  }
}
