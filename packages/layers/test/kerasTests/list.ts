/** All tests of normalization in Keras 3, file by file. */
import { anyLayer } from './anyLayer.js';
import { batchNormalization } from './batchNormalization.js';
import { groupNormalization } from './groupNormalization.js';
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
  path: `layers/normalization/${name}_test.py`,
});

export const kerasFiles: readonly KerasFile[] = [
  { title: 'Every layer', path: 'testing/test_case.py', tests: anyLayer },
  layer('BatchNormalization', 'batch_normalization', batchNormalization),
  layer('GroupNormalization', 'group_normalization', groupNormalization),
  layer('LayerNormalization', 'layer_normalization', layerNormalization),
  layer('RMSNormalization', 'rms_normalization', rmsNormalization),
  layer('SpectralNormalization', 'spectral_normalization', spectralNormalization),
  layer('UnitNormalization', 'unit_normalization', unitNormalization),
  { title: 'Normalization', path: 'layers/preprocessing/normalization_test.py', tests: normalization },
  { title: 'Operations', path: 'ops/nn_test.py', tests: operations },
];
