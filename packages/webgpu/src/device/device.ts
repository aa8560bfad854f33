/** The current tfjs backend, checked before kernels touch it. */
import * as tf from '@tensorflow/tfjs-core';
import { DeviceLostError, UnsupportedDeviceError } from '../errors.js';
import type { TfjsBackend } from './tfjsBackend.js';

/** Reasons why devices were lost, by device; undefined as long as a device works. */
const lost = new WeakMap<GPUDevice, string | undefined>();

/**
 * tfjs's webgpu backend, if it is current and its device works.
 *
 * @throws UnsupportedDeviceError if the current backend has no GPU device; DeviceLostError if the device is lost.
 */
export function usableBackend(): TfjsBackend {
  const backend = tf.engine().backend as unknown as TfjsBackend;
  const { device } = backend;
  if (device === undefined) {
    throw new UnsupportedDeviceError(
      `@bn/webgpu: the current tfjs backend is '${tf.getBackend()}', which has no WebGPU device: ` +
        "call useBackend('webgpu') first",
    );
  }
  if (!lost.has(device)) watch(device);
  const reason = lost.get(device);
  if (reason !== undefined) throw lostError(reason);
  return backend;
}

function watch(device: GPUDevice): void {
  lost.set(device, undefined);
  void device.lost.then(({ reason, message }) => {
    lost.set(device, message || reason || 'unknown');
  });
}

const lostError = (reason: string) =>
  new DeviceLostError(
    `The WebGPU device is lost (${reason}). Tensors on the GPU are gone. Start the backend anew ` +
      "(tf.removeBackend('webgpu'), then register and set it again, or reload the page) and go on from a saved state",
  );
