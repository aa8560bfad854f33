/** The data on a backend. tfjs keeps no list of them; this is one. */
import type { TfjsBackend } from './tfjsBackend.js';

const tracked = new WeakMap<TfjsBackend, Set<object>>();

/** From now on knows of the data on a backend. @returns false if it did already. */
export function track(backend: TfjsBackend): boolean {
  if (tracked.has(backend)) return false;
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
  return true;
}

/** Whether a tensor's values are on the GPU and nowhere else. */
export function isOnGpuOnly({ tensorMap }: TfjsBackend, id: object): boolean {
  const { values, dtype } = tensorMap.get(id);
  return values == null && dtype !== 'string';
}

/** All data that are on the GPU and nowhere else; data without references are about to be freed. */
export const dataOnGpuOnly = (backend: TfjsBackend): object[] =>
  [...(tracked.get(backend) ?? [])].filter((id) => backend.refCount(id) > 0 && isOnGpuOnly(backend, id));
