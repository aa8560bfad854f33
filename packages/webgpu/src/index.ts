/**
 * Normalization kernels as WGSL shaders on tfjs's webgpu backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-webgpu';
import { registerBackend } from '@bn/core';
import { webgpuBackend } from './backend.js';

export { BufferSizeError, DeviceLostError, UnsupportedDeviceError } from './errors.js';
export { webgpuBackend };

registerBackend(webgpuBackend);
