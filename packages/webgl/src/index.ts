/**
 * Normalization kernels as GLSL programs on tfjs's webgl backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-webgl';
import { registerBackend } from '@bn/core';
import { webglBackend } from './backend.js';

export { ContextLostError, TextureSizeError, UnsupportedDeviceError } from './errors.js';
export { webglBackend };

registerBackend(webglBackend);
