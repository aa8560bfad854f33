import type * as tfl from '@tensorflow/tfjs-layers';

/** The weights of a batch norm layer, of this package or of tf.layers, and the options that inference needs. */
export interface BatchNormState {
  readonly axis: number;
  readonly epsilon: number;
  readonly gamma?: tfl.LayerVariable | null | undefined;
  readonly beta?: tfl.LayerVariable | null | undefined;
  readonly movingMean: tfl.LayerVariable;
  readonly movingVariance: tfl.LayerVariable;
}
