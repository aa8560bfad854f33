/** The current tfjs backend, checked before kernels touch it. */
import * as tf from '@tensorflow/tfjs-core';
import { DeviceLostError, UnsupportedDeviceError } from '../errors.js';
import type { TensorData, TfjsBackend } from './tfjsBackend.js';
import { dataOnGpuOnly } from './tracking.js';

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
  watchDevice(device);
  const reason = lost.get(device);
  if (reason !== undefined) throw lostError(backend, reason);
  return backend;
}

/** From now on knows whether a device is lost. */
export function watchDevice(device: GPUDevice): void {
  if (lost.has(device)) return;
  lost.set(device, undefined);
  void device.lost.then((info) => {
    lost.set(device, reasonOf(info));
  });
}

const reasonOf = ({ reason, message }: GPUDeviceLostInfo): string => message || reason || 'unknown';

/** How long the news of a lost device may come after a read that has failed by it. */
const NEWS_MILLISECONDS = 200;

/** The error to throw after a read has failed, if it is because the device is lost. */
export async function lossOf(backend: TfjsBackend): Promise<DeviceLostError | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, NEWS_MILLISECONDS));
  const info = await Promise.race([backend.device.lost, late]);
  return info && lostError(backend, reasonOf(info));
}

function lostError(backend: TfjsBackend, reason: string): DeviceLostError {
  const ids = dataOnGpuOnly(backend);
  const bytes = ids.reduce((sum, id) => sum + sizeOf(backend.tensorMap.get(id)), 0);
  return new DeviceLostError(
    `The WebGPU device is lost (${reason}), and with it ${ids.length} tensors of ${bytes} bytes in all. Start the backend again ` +
      "(tf.removeBackend('webgpu'), then register and set it again, or reload the page) and continue from a saved state",
  );
}

const sizeOf = ({ resource }: TensorData): number => (resource as GPUBuffer | undefined)?.size ?? 0;
