/** Which graphics processor stands behind WebGL and WebGPU here, or which software in its place. */

const softwareRenderers = ['SwiftShader', 'llvmpipe', 'Microsoft Basic Render', 'software'];

/**
 * What computes on the processor in place of a graphics processor, slower than wasm; undefined if there is one.
 *
 * @param renderer as `webglRenderer` or `webgpuRenderer` names it
 */
export const softwareRenderer = (renderer: string): string | undefined =>
  softwareRenderers.find((name) => renderer.toLowerCase().includes(name.toLowerCase()));

/** The name of what renders for WebGL 2 in this page or worker; undefined if there is no WebGL 2. */
export function webglRenderer(): string | undefined {
  // Also a worker gets WebGL 2, without a document.
  const gl = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null) return undefined;
  const extension = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  // Browsers allow a page a few contexts only, and tfjs makes its own.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}

/** As much of WebGPU as is used here. */
interface WebGPU {
  requestAdapter(): Promise<{
    readonly info?: Readonly<Partial<Record<'vendor' | 'architecture' | 'device' | 'description', string>>>;
  } | null>;
}

/** The name of WebGPU's adapter in this page or worker; undefined if there is none, which a browser with WebGPU may say. */
export async function webgpuRenderer(): Promise<string | undefined> {
  const { gpu } = navigator as Navigator & { readonly gpu?: WebGPU };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return undefined;
  const { vendor, architecture, device, description } = adapter.info ?? {};
  const names = [vendor, architecture, device, description].filter(Boolean);
  return names.length === 0 ? 'a WebGPU adapter that does not say its name' : names.join(', ');
}
