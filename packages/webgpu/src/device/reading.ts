/**
 * How data leave the GPU, which cannot be read without waiting. Tensors follow when the backend is swapped: tfjs reads their data
 * at the moment when a kernel of another backend asks for them, so the data of all tensors are downloaded before the swap.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedDeviceError } from '../errors.js';
import { lossOf } from './device.js';
import type { TfjsBackend } from './tfjsBackend.js';
import { dataOnGpuOnly, isOnGpuOnly } from './tracking.js';

/** From now on reads that fail say why. */
export function explainReads(backend: TfjsBackend): void {
  const read = backend.read.bind(backend);
  backend.read = async (id) => {
    try {
      return await read(id);
    } catch (error) {
      throw (await lossOf(backend)) ?? error;
    }
  };
  // In browsers tfjs reads by way of a canvas.
  if (typeof OffscreenCanvas === 'undefined') refuseReadSync(backend);
}

function refuseReadSync(backend: TfjsBackend): void {
  const readSync = backend.readSync.bind(backend);
  backend.readSync = (id) => {
    if (isOnGpuOnly(backend, id)) {
      throw new UnsupportedDeviceError(
        'The data of a tensor are on the GPU, and Node cannot wait for them here: read them by `await tensor.data()`, and ' +
          'swap backends by `await useBackend(name)` of @bn/core, which takes them along (tf.setBackend does not)',
      );
    }
    return readSync(id);
  };
}

/** Downloads the data of all tensors on the current backend; they stay on the GPU too. */
export async function download(): Promise<void> {
  const backend = tf.engine().backend as unknown as TfjsBackend;
  await Promise.all(dataOnGpuOnly(backend).map((id) => downloadOne(backend, id)));
}

/** A tensor may be disposed while its data are on their way. */
async function downloadOne(backend: TfjsBackend, id: object): Promise<void> {
  try {
    await backend.read(id);
  } catch (error) {
    if (backend.refCount(id) > 0) throw error;
  }
}
