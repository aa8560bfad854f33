/** What a page or worker lacks for a backend. */
import type { BackendName } from './list.js';

const needs: Record<BackendName, { readonly what: string; readonly isThere: () => boolean } | undefined> = {
  wasm: { what: 'WebAssembly', isThere: () => typeof WebAssembly !== 'undefined' },
  webgl: { what: 'WebGL 2', isThere: hasWebGL2 },
  webgpu: { what: 'WebGPU', isThere: () => typeof navigator !== 'undefined' && 'gpu' in navigator },
  cpu: undefined,
};

/** Undefined where the backend can be started. */
export function missingFor(name: BackendName): string | undefined {
  const need = needs[name];
  return need === undefined || need.isThere() ? undefined : need.what;
}

/** Also a worker gets WebGL 2, without a document. */
function hasWebGL2(): boolean {
  const context =
    typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  // Browsers allow a page a few contexts only, and tfjs makes its own.
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
