/** The layers that can be exported, by the names of their classes. */
import type { ExportLayer } from '../call.js';
import {
  activation,
  dropped,
  eLU,
  leakyReLU,
  pReLU,
  reLU,
  softmaxLayer,
  thresholdedReLU,
} from './activation.js';
import { convolution, depthwise, separable, transposed } from './convolution.js';
import { mergings } from './merging.js';
import {
  batchNormalization,
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  rmsNormalization,
} from './normalization.js';
import { poolings } from './pooling.js';
import { dense, flatten, permute, reshape, upSampling2d, zeroPadding2d } from './shape.js';

export const layerExports: Readonly<Record<string, ExportLayer>> = {
  Conv1D: convolution,
  Conv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  Dense: dense,
  ...poolings,
  ...mergings,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  ZeroPadding2D: zeroPadding2d,
  UpSampling2D: upSampling2d,
  Activation: activation,
  ReLU: reLU,
  LeakyReLU: leakyReLU,
  ELU: eLU,
  PReLU: pReLU,
  ThresholdedReLU: thresholdedReLU,
  Softmax: softmaxLayer,
  Dropout: dropped,
  SpatialDropout1D: dropped,
  AlphaDropout: dropped,
  GaussianDropout: dropped,
  GaussianNoise: dropped,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  'Addons>InstanceNormalization': instanceNormalization,
  RMSNormalization: rmsNormalization,
};
