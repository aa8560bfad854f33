/**
 * Tensors follow when the backend is swapped: tfjs reads their data at the moment when a kernel of another backend asks for them,
 * and a GPU cannot be read without waiting. So the data of all tensors are downloaded before the swap. tfjs keeps no list of
 * them; this one does.
 */
import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedDeviceError } from '../errors.js';
import type { TfjsBackend } from './tfjsBackend.js';

const tracked = new WeakMap<TfjsBackend, Set<object>>();

/** From now on knows of the data on a backend, and says what to do if data are read that cannot be. */
export function track(backend: TfjsBackend): void {
  if (tracked.has(backend)) return;
  const ids = new Set<object>();
  tracked.set(backend, ids);
  const { tensorMap } = backend;
  const [set, remove] = [tensorMap.set.bind(tensorMap), tensorMap.delete.bind(tensorMap)];
  tensorMap.set = (id, data) => {
    ids.add(id);
    set(id, data);
  };
  tensorMap.delete = (id) => {
    ids.delete(id);
    return remove(id);
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

function isOnGpuOnly({ tensorMap }: TfjsBackend, id: object): boolean {
  const { values, dtype } = tensorMap.get(id);
  return values == null && dtype !== 'string';
}

/** Downloads the data of all tensors on the current backend; they stay on the GPU too. */
export async function download(): Promise<void> {
  const backend = tf.engine().backend as unknown as TfjsBackend;
  const ids = [...(tracked.get(backend) ?? [])];
  // Data without references are about to be freed.
  const wanted = ids.filter((id) => backend.refCount(id) > 0 && isOnGpuOnly(backend, id));
  await Promise.all(wanted.map((id) => read(backend, id)));
}

/** A tensor may be disposed while its data are on their way. */
async function read(backend: TfjsBackend, id: object): Promise<void> {
  try {
    await backend.read(id);
  } catch (error) {
    if (backend.refCount(id) > 0) throw error;
  }
}
