/** The graphics devices of a page: what they are called, and whether one is lost. */
import { webglRenderer, webgpuRenderer } from '@bn/backends';

/** What computes for a backend; undefined if it needs no graphics device, or there is none. */
export async function rendererOf(backend: string): Promise<string | undefined> {
  if (backend === 'webgl') return webglRenderer();
  return backend === 'webgpu' ? webgpuRenderer() : undefined;
}

/** As much of WebGPU as is used here. */
interface Device {
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
}
interface Adapter {
  requestDevice(...parameters: unknown[]): Promise<Device>;
}

/** A function of a canvas, which gives undefined or null if it has no such context. */
type GetContext = (this: unknown, ...parameters: unknown[]) => unknown;

/** The classes whose devices are seen: those of a page, or others that look the same. */
export interface DeviceClasses {
  readonly GPUAdapter?: { readonly prototype: Adapter };
  readonly HTMLCanvasElement?: { readonly prototype: { getContext: GetContext } };
  readonly OffscreenCanvas?: { readonly prototype: { getContext: GetContext } };
}

/**
 * Sees each device of WebGPU and each context of WebGL that is made from now on, whoever makes it.
 *
 * @returns a function that waits for all work of the devices, and gives how one was lost; undefined if none was
 */
export function watchDevices(
  page: DeviceClasses = globalThis as DeviceClasses,
): () => Promise<string | undefined> {
  const devices = new Set<Device>();
  const contexts = new Set<{ isContextLost(): boolean }>();
  let lost: string | undefined;

  const adapter = page.GPUAdapter?.prototype;
  if (adapter) {
    const { requestDevice } = adapter;
    adapter.requestDevice = async function (...parameters) {
      const device = await requestDevice.apply(this, parameters);
      devices.add(device);
      void device.lost.then(({ reason, message }) => {
        devices.delete(device);
        // onnxruntime-web ends its device with its last session.
        if (reason !== 'destroyed') lost ??= `the WebGPU device was lost: ${message}`;
      });
      return device;
    };
  }
  for (const canvas of [page.HTMLCanvasElement?.prototype, page.OffscreenCanvas?.prototype]) {
    if (!canvas) continue;
    const { getContext } = canvas;
    canvas.getContext = function (...parameters) {
      const context = getContext.apply(this, parameters);
      if (isWebgl(context)) contexts.add(context);
      return context;
    };
  }

  return async () => {
    await Promise.all([...devices].map(({ queue, lost }) => queue.onSubmittedWorkDone().catch(() => lost)));
    if ([...contexts].some((context) => context.isContextLost())) lost ??= 'the WebGL context was lost';
    return lost;
  };
}

const isWebgl = (context: unknown): context is { isContextLost(): boolean } =>
  typeof (context as { isContextLost?: unknown } | null)?.isContextLost === 'function';
