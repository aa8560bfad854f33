/** The interface of what stands behind a layer. */
import type * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';

/** A norm at one place of a network. */
export interface PlacedNorm {
  readonly trainable: tf.Variable[];
  apply(x: tf.Tensor, statistics: ForwardMode['statistics']): tf.Tensor;
  dispose(): void;
}
