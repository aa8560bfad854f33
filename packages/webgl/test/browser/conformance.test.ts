import '@bn/cpu-ref';
import '@bn/wasm';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import * as tf from '@tensorflow/tfjs';
import { webglBackend } from '../../src/index.js';

// tfjs's own programs, of which the suite needs many, are then compiled once for all sizes, not for each.
tf.env().set('WEBGL_USE_SHAPES_UNIFORMS', true);

// GPUs divide with an error of up to 2.5 units in the last place, and have no float64 to sum in.
conformance({
  backend: webglBackend,
  swapWith: ['wasm', 'cpu'],
  tolerance: 4,
  ...inThisEnvironment('webgl'),
});
