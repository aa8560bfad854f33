import type * as tfl from '@tensorflow/tfjs-layers';

/** The weights of a batch norm layer, of this package or of tf.layers, and the options that inference needs. */
export interface BatchNormState {
  readonly axis: number;
  readonly epsilon: number;
  readonly gamma?: tfl.LayerVariable | null | undefined;
  readonly beta?: tfl.LayerVariable | null | undefined;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
  /** With renorm: sqrt(variance + epsilon), from which the next training step computes the moving variance. */
  readonly movingDeviation?: tfl.LayerVariable | undefined;
}

/** Whether the moving statistics stay, as in Keras since 2.0: if the layer is not trainable, or none of its gamma and beta is. */
export function isFrozen(
  layer: tfl.layers.Layer,
  { gamma, beta }: Pick<BatchNormState, 'gamma' | 'beta'>,
): boolean {
  const isAffine = gamma != null || beta != null;
  return !layer.trainable || (isAffine && layer.trainableWeights.length === 0);
}
