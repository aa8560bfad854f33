/**
 * The mask of every tensor that a layer gives out, kept with the tensor as Keras does.
 *
 * The executor of tf.layers hands each layer a keyword `mask`, but sets it at the first masked layer of a pass and never
 * clears it: later layers, in every branch, are handed a mask that is not theirs. So it is not used. Masks are followed
 * here, from the layer that computes a mask (Masking, Embedding) through those that pass it, to a layer that ends it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Call, currentCall, type Keywords, type Layer, type Mask, toList } from './calls.js';

const masks = new WeakMap<tf.Tensor, tf.Tensor>();

export function maskOf(tensor: tf.Tensor): Mask {
  const mask = masks.get(tensor);
  return mask === undefined || mask.isDisposed ? null : mask;
}

function setMasks(tensors: readonly tf.Tensor[], given: readonly (Mask | undefined)[]): void {
  tensors.forEach((tensor, i) => {
    const mask = given[i];
    if (mask == null) masks.delete(tensor);
    else masks.set(tensor, mask);
  });
}

/** Runs f while these tensors have these masks. */
export function withMasks<T>(tensors: readonly tf.Tensor[], given: readonly Mask[], f: () => T): T {
  const before = tensors.map(maskOf);
  setMasks(tensors, given);
  try {
    return f();
  } finally {
    setMasks(tensors, before);
  }
}

/** Gives the outputs of a call the masks that the layer computes from those of its inputs. */
export function passMasks(layer: Layer, inputs: readonly tf.Tensor[], outputs: readonly tf.Tensor[]): void {
  // The outputs of a model have theirs from the layers inside.
  if (!layer.supportsMasking || 'layers' in layer) return;
  const given = inputs.map(maskOf);
  const isMasked = given.some((mask) => mask !== null);
  const computed = isMasked ? computeMasks(layer, inputs, given) : outputs.map(madeMask);
  setMasks(outputs, computed);
}

/** The mask of a layer that makes one. tfjs disposes it with its tensor, which `predict` does before later layers run. */
function madeMask({ kerasMask }: tf.Tensor): Mask | undefined {
  return kerasMask == null || !isInTidy() ? kerasMask : tf.clone(kerasMask);
}

/** Outside of tf.tidy nobody would ever free a new tensor. */
const isInTidy = (): boolean => tf.engine().state.activeScope !== null;

/** Masks by output; none if the layer's rule fails for these inputs. */
function computeMasks(layer: Layer, inputs: readonly tf.Tensor[], given: readonly Mask[]): Mask[] {
  let computed: Mask[];
  try {
    // With lists of all inputs, as the executor calls it.
    computed = tf.tidy(
      () => toList<Mask>(layer.computeMask([...inputs], [...given] as tf.Tensor[])) as tf.Tensor[],
    );
  } catch {
    // As that of Concatenate does for a masked and an unmasked input, along any axis but the last.
    return [];
  }
  if (isInTidy()) return computed;
  const isKept = (mask: Mask) => mask == null || given.includes(mask);
  tf.dispose(computed.filter((mask) => !isKept(mask)) as tf.Tensor[]);
  return computed.map((mask) => (isKept(mask) ? mask : null));
}

/**
 * The mask that the program itself hands to a call inside of `around`; null if it hands none. One that comes with the
 * keywords of `around`, untouched, is the executor's.
 */
export function ownMask(keywords: Keywords, around: Call | undefined): Mask {
  const mask = (keywords.mask ?? null) as Mask;
  if (around === undefined || mask === null) return mask;
  if (keywords === around.keywords) return null;
  // A layer that names the mask it was handed is believed if it really has one.
  return mask === around.keywords.mask && around.mask === null ? null : mask;
}

/** The mask of x in a call of a layer: the program's own, or else the one that the graph brings. */
export function maskInCall(layer: Layer, x: tf.Tensor, keywords: Keywords): tf.Tensor | undefined {
  const call = currentCall();
  // A wrapper runs `call` of its layer rather than `apply`.
  const mask = call?.layer === layer ? call.mask : (ownMask(keywords, call) ?? maskOf(x));
  return mask ?? undefined;
}
