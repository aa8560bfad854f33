import { NormalizationError } from '@bn/core';

/** This device lacks WebGL 2, or cannot render to float32 textures. */
export class UnsupportedDeviceError extends NormalizationError {
  readonly code = 'BN_WEBGL_UNSUPPORTED';
}

/** The browser has taken the GPU away, and with it all data that was there. */
export class ContextLostError extends NormalizationError {
  readonly code = 'BN_WEBGL_CONTEXT_LOST';
}

/** A tensor does not fit the largest texture of this device. */
export class TextureSizeError extends NormalizationError {
  readonly code = 'BN_WEBGL_TEXTURE_SIZE';
}
