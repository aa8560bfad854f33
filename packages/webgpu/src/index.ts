/**
 * Normalization kernels as WGSL shaders on tfjs's webgpu backend. Importing it registers them.
 *
 * @packageDocumentation
 */
import '@tensorflow/tfjs-backend-webgpu';
import { registerBackend } from '@bn/core';
import { webgpuBackend } from './backend.js';
import { prepareFactory } from './device/factory.js';

export { BufferSizeError, DeviceLostError, UnsupportedDeviceError } from './errors.js';
export { webgpuBackend };

prepareFactory();
registerBackend(webgpuBackend);
