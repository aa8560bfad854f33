/** What a page or worker lacks for a backend. */
import { webglRenderer } from './graphics.js';
import type { BackendName } from './list.js';

const needs: Record<BackendName, { readonly what: string; readonly isThere: () => boolean } | undefined> = {
  wasm: { what: 'WebAssembly', isThere: () => typeof WebAssembly !== 'undefined' },
  webgl: { what: 'WebGL 2', isThere: () => webglRenderer() !== undefined },
  webgpu: { what: 'WebGPU', isThere: () => typeof navigator !== 'undefined' && 'gpu' in navigator },
  cpu: undefined,
};

/** Undefined if the backend can be started. */
export function missingFor(name: BackendName): string | undefined {
  const need = needs[name];
  return need === undefined || need.isThere() ? undefined : need.what;
}
