/** What the kernels need of the device, checked before they touch it. */
import type { GPGPUContext, MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { ContextLostError, UnsupportedDeviceError } from '../errors.js';

const checked = new WeakSet<GPGPUContext>();

/**
 * The current tfjs backend, fit to run kernels.
 *
 * @throws UnsupportedDeviceError without WebGL 2 or float32 render targets; ContextLostError if the context is lost.
 */
export function usableBackend(): MathBackendWebGL {
  const backend = tf.engine().backend as MathBackendWebGL;
  const { gpgpu } = backend;
  if (gpgpu.gl.isContextLost()) {
    throw new ContextLostError(
      'The WebGL context is lost: the browser has reset the GPU, or given it to another page. Tensors on the GPU are ' +
        "gone. Start the backend again (tf.removeBackend('webgl'), then register and set it again, or reload the page) and " +
        'continue from a saved state',
    );
  }
  if (!checked.has(gpgpu)) {
    checkDevice();
    checked.add(gpgpu);
  }
  return backend;
}

function checkDevice(): void {
  const environment = tf.env();
  const version = environment.getNumber('WEBGL_VERSION');
  if (version !== 2) {
    throw new UnsupportedDeviceError(
      `@bn/webgl needs WebGL 2, and this browser or device gives tfjs WebGL ${version}. Use the backend 'wasm' here`,
    );
  }
  // In half-float mode (WEBGL_FORCE_F16_TEXTURES) the device can, but tfjs does not; statistics stay float32 then.
  if (!environment.getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) {
    throw new UnsupportedDeviceError(
      '@bn/webgl needs float32 render targets (the WebGL extension EXT_color_buffer_float), which this device lacks: ' +
        "in half-floats alone, statistics overflow. Use the backend 'wasm' here",
    );
  }
}
