/**
 * Keras' rules for masks where those of tfjs differ: which layers pass the mask of their input, what the layers that merge
 * several inputs make of their masks, that an average over steps leaves padding out, and that both directions of an RNN give zeros for it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { classOf } from '../tfjsClasses.js';
import { type Layer, type Mask, toList } from './calls.js';
import { maskInCall } from './masks.js';

/** Keras sets supports_masking for these; tfjs does not, and throws at a mask. */
const passing = ['ELU', 'LeakyReLU', 'Softmax', 'ThresholdedReLU'];

const passingClasses = passing.map(classOf);

/** Lets a layer pass masks if it does in Keras. */
export function supportMasking(layer: Layer): void {
  if (passingClasses.some((Class) => layer instanceof Class)) layer.supportsMasking = true;
}

/** Whether a layer is handed the mask of its input x. Softmax adds it to x, which goes wrong if x has an axis more. */
export function takesMask(layer: Layer, x: tf.Tensor, mask: tf.Tensor): boolean {
  return !(layer instanceof classOf('Softmax')) || tf.util.arraysEqual(x.shape, mask.shape);
}

/** The rule of Add, Average, Maximum, Minimum and Multiply. That of tfjs adds an axis to the mask, and leaves out the last input. */
export function replaceMergeRule(): void {
  const merge: Layer = Object.getPrototypeOf(classOf('Add').prototype);
  merge.computeMask = (_, given) => conjunction(toList<Mask>(given ?? null)) as tf.Tensor;
}

/** True wherever every mask that there is lets through: Keras 2's rule, which tf.layers means to follow. */
function conjunction(given: readonly Mask[]): Mask {
  const some = given.filter((mask) => mask != null);
  if (some.some(({ shape }) => !tf.util.arraysEqual(shape, some[0]!.shape))) return null;
  const [first = null, ...others] = some;
  return others.reduce((all, mask) => (all === mask ? all : tf.logicalAnd(all!, mask)), first);
}

/** The average of the steps that count, as in Keras; tfjs takes all. Of no step at all it is NaN. */
export function replaceAverage(): void {
  const prototype = classOf('GlobalAveragePooling1D').prototype as unknown as Layer;
  const { call } = prototype;
  prototype.call = function (this: Layer, inputs, keywords) {
    const x = toList(inputs)[0]!;
    const mask = maskInCall(this, x, keywords);
    if (mask === undefined) return call.call(this, inputs, keywords);
    return tf.tidy(() => {
      const steps = tf.expandDims(tf.cast(mask, 'float32'), 2);
      return tf.div(tf.sum(tf.mul(x, steps), 1), tf.sum(steps, 1));
    });
  };
}

type Bidirectional = Layer & { returnSequences: boolean; mergeMode: string | null };

/** Bidirectional gives zeros for masked steps, as in Keras; tfjs repeats the output of the step before. */
export function replaceBidirectional(): void {
  const prototype = classOf('Bidirectional').prototype as unknown as Bidirectional;
  const { call } = prototype;
  prototype.call = function (this: Bidirectional, inputs, keywords) {
    const mask = maskInCall(this, toList(inputs)[0]!, keywords);
    if (mask === undefined || !this.returnSequences) return call.call(this, inputs, keywords);
    return tf.tidy(() => {
      const outputs = toList(call.call(this, inputs, keywords));
      const ones = new Array<number>(outputs[0]!.rank - mask.rank).fill(1);
      const isStep = tf.cast(tf.reshape(mask, [...mask.shape, ...ones]), 'bool');
      const withoutPadding = (y: tf.Tensor) => tf.where(isStep, y, tf.zerosLike(y));
      // States follow.
      const sequences = this.mergeMode === null ? 2 : 1;
      const masked = outputs.map((y, i) => (i < sequences ? withoutPadding(y) : y));
      return masked.length === 1 ? masked[0]! : masked;
    });
  };
}
