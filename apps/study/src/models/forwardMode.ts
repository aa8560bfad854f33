/** How a network is run, and who looks on. */
import type * as tf from '@tensorflow/tfjs';

/** Where in a layer: what goes into its weights, what comes out of them, and what comes out of its norm (the same without one). */
export type Place = 'input' | 'output' | 'normalized';

/**
 * Called with each value while the network runs. If it returns a tensor of the same shape, the network goes on with that one.
 */
export type Hook = (layer: string, place: Place, value: tf.Tensor) => tf.Tensor | undefined;

export interface ForwardMode {
  /**
   * training: norms across the batch use its statistics, and move their running ones; dropout drops.
   * batch: they use the batch's statistics, and nothing moves or drops: for measurements.
   * running: they use the running statistics.
   */
  readonly statistics: 'training' | 'batch' | 'running';
  readonly hook?: Hook;
}
