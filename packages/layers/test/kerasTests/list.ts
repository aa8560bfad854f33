/** All tests of normalization in Keras 3, and those of tf.keras 2 that it does not have any more, file by file. */
import { anyLayer } from './anyLayer.js';
import { batchNormalization } from './batchNormalization.js';
import { groupNormalization } from './groupNormalization.js';
import { batchNormalization as batchNormalization2 } from './keras2/batchNormalization.js';
import { groupNormalization as groupNormalization2 } from './keras2/groupNormalization.js';
import { layerNormalization as layerNormalization2 } from './keras2/layerNormalization.js';
import { normalization as normalization2 } from './keras2/normalization.js';
import { spectralNormalization as spectralNormalization2 } from './keras2/spectralNormalization.js';
import { unitNormalization as unitNormalization2 } from './keras2/unitNormalization.js';
import type { KerasFile } from './kerasTest.js';
import { layerNormalization } from './layerNormalization.js';
import { normalization } from './normalization.js';
import { operations } from './operations.js';
import { rmsNormalization } from './rmsNormalization.js';
import { spectralNormalization } from './spectralNormalization.js';
import { unitNormalization } from './unitNormalization.js';

/** @param name of the file in layers/normalization. */
const layer = (title: string, name: string, tests: KerasFile['tests']): KerasFile => ({
  ...{ title, tests },
  path: `keras/src/layers/normalization/${name}_test.py`,
});

const ofKeras2 = (title: string, name: string, tests: KerasFile['tests']): KerasFile => ({
  ...{ title: `${title} in tf.keras 2`, tests },
  path: `keras/layers/${name}_test.py`,
});

export const kerasFiles: readonly KerasFile[] = [
  { title: 'Every layer', path: 'keras/src/testing/test_case.py', tests: anyLayer },
  layer('BatchNormalization', 'batch_normalization', batchNormalization),
  layer('GroupNormalization', 'group_normalization', groupNormalization),
  layer('LayerNormalization', 'layer_normalization', layerNormalization),
  layer('RMSNormalization', 'rms_normalization', rmsNormalization),
  layer('SpectralNormalization', 'spectral_normalization', spectralNormalization),
  layer('UnitNormalization', 'unit_normalization', unitNormalization),
  {
    title: 'Normalization',
    path: 'keras/src/layers/preprocessing/normalization_test.py',
    tests: normalization,
  },
  { title: 'Operations', path: 'keras/src/ops/nn_test.py', tests: operations },
  ofKeras2('BatchNormalization', 'normalization/batch_normalization', batchNormalization2),
  ofKeras2('GroupNormalization', 'normalization/group_normalization', groupNormalization2),
  ofKeras2('LayerNormalization', 'normalization/layer_normalization', layerNormalization2),
  ofKeras2('SpectralNormalization', 'normalization/spectral_normalization', spectralNormalization2),
  ofKeras2('UnitNormalization', 'normalization/unit_normalization', unitNormalization2),
  ofKeras2('Normalization', 'preprocessing/normalization', normalization2),
];
