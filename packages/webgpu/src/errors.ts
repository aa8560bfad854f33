import { NormalizationError } from '@bn/core';

/** This browser, program or device has no WebGPU, or the current tfjs backend is not its webgpu backend. */
export class UnsupportedDeviceError extends NormalizationError {
  readonly code = 'BN_WEBGPU_UNSUPPORTED';
}

/** The GPU device is lost, and with it all data that was on it. */
export class DeviceLostError extends NormalizationError {
  readonly code = 'BN_WEBGPU_DEVICE_LOST';
}

/** A tensor does not fit the largest buffer that a shader of this device can read. */
export class BufferSizeError extends NormalizationError {
  readonly code = 'BN_WEBGPU_BUFFER_SIZE';
}
