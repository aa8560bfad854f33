/** What the tests see of the GPU: draws, programs, readbacks and bytes, counted at the WebGL context. */
import type { GpuCounts } from '@bn/tooling/costsSuite';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';

type Context = WebGL2RenderingContext;

export const gpuContext = (): Context => (tf.backend() as MathBackendWebGL).gpgpu.gl as unknown as Context;

/** What `run` asks of the GPU. */
export function countGpu(run: () => void): GpuCounts {
  const gl = gpuContext();
  const counts: GpuCounts = { calls: 0, programs: 0, readbacks: 0, bytesRead: 0, bytesWritten: 0 };
  const sampled = new Map<number, WebGLTexture | null>();
  const attached = new Map<number, WebGLTexture>();
  let unit = 0;
  const undo = [
    watch(gl, 'drawElements', () => {
      counts.calls++;
      for (const texture of new Set(sampled.values())) counts.bytesRead += sizeOf(texture);
      for (const texture of attached.values()) counts.bytesWritten += sizeOf(texture);
      sampled.clear();
    }),
    watch(gl, 'linkProgram', () => counts.programs++),
    watch(gl, 'readPixels', () => counts.readbacks++),
    watch(gl, 'activeTexture', ([texture]) => {
      unit = texture as number;
    }),
    watch(gl, 'bindTexture', ([, texture]) => sampled.set(unit, texture as WebGLTexture | null)),
    watch(gl, 'framebufferTexture2D', ([, attachment, , texture]) => {
      if (texture === null) attached.delete(attachment as number);
      else attached.set(attachment as number, texture as WebGLTexture);
    }),
  ];
  try {
    run();
  } finally {
    for (const restore of undo) restore();
  }
  return counts;
}

/** Shows the arguments of a method's calls, until the returned function is called. */
export function watch(
  target: object,
  method: keyof Context,
  see: (parameters: readonly unknown[]) => void,
): () => void {
  const holder = target as Record<string, (...parameters: unknown[]) => unknown>;
  const original = holder[method]!;
  const own = Object.hasOwn(target, method);
  holder[method] = function (this: unknown, ...parameters) {
    see(parameters);
    return original.apply(this, parameters);
  };
  return () => {
    if (own) holder[method] = original;
    else delete holder[method];
  };
}

const sizes = new WeakMap<WebGLTexture, number>();
const sizeOf = (texture: WebGLTexture | null): number => (texture && sizes.get(texture)) ?? 0;

const { prototype } = WebGL2RenderingContext;
const bytesPerTexel: Readonly<Record<number, number>> = {
  [prototype.RGBA32F]: 16,
  [prototype.RGBA16F]: 8,
  [prototype.R32F]: 4,
  [prototype.R16F]: 2,
  [prototype.RGBA8]: 4,
};

// From the start: textures are made once and used again.
for (const method of ['texStorage2D', 'texImage2D'] as const) {
  const original = prototype[method] as (this: Context, ...parameters: unknown[]) => void;
  (prototype as unknown as Record<string, unknown>)[method] = function (
    this: Context,
    ...parameters: unknown[]
  ) {
    const texture = this.getParameter(this.TEXTURE_BINDING_2D) as WebGLTexture;
    const [, , format, width, height] = parameters as number[];
    sizes.set(texture, width! * height! * (bytesPerTexel[format!] ?? 0));
    original.apply(this, parameters);
  };
}
