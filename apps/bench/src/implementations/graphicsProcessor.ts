/** The device of tfjs's current backend, if that is a graphics processor: its name, and how to wait for it. */
import * as tf from '@tensorflow/tfjs';

interface WebGL extends tf.KernelBackend {
  getGPGPUContext(): { gl: WebGL2RenderingContext };
}

/** As much of WebGPU as is used here. */
interface WebGPU extends tf.KernelBackend {
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  readonly device: {
    readonly adapterInfo?: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>>;
    readonly queue: { onSubmittedWorkDone(): Promise<undefined> };
    addEventListener(
      type: 'uncapturederror',
      listener: (event: { readonly error: { readonly message: string } }) => void,
    ): void;
    readonly lost: Promise<{ readonly message: string }>;
  };
}

/** Why work of a device cannot be believed: WebGPU skips what is invalid, and says so to nobody who waits. */
const faults = new WeakMap<WebGPU, string[]>();

function faultsOf(backend: WebGPU): readonly string[] {
  const known = faults.get(backend);
  if (known) return known;
  const messages: string[] = [];
  faults.set(backend, messages);
  backend.device.addEventListener('uncapturederror', ({ error }) => void messages.push(error.message));
  void backend.device.lost.then(({ message }) => void messages.push(`the device was lost: ${message}`));
  return messages;
}

/** By backend: waits until all that was asked of the device is done. */
export const waits: Readonly<Record<string, (result: tf.Tensor) => unknown>> = {
  /**
   * Reads one element of the last result, which there cannot be before. Reading blocks: a promise would be looked at by a timer,
   * which adds up to 5 ms.
   */
  webgl(result) {
    tf.tidy(() => {
      const corner = (place: number) => result.shape.map(() => place);
      tf.slice(result, corner(0), corner(1)).dataSync();
    });
  },
  async webgpu() {
    const backend = tf.backend() as WebGPU;
    const messages = faultsOf(backend);
    // tfjs collects commands before it submits them, within a pass that it leaves open; none, if it has just submitted some.
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.submitQueue();
    await backend.device.queue.onSubmittedWorkDone();
    if (messages.length > 0) throw new Error(messages[0]);
  },
};

/** What the device calls itself; undefined if the backend has none. */
export function graphicsProcessor(): string | undefined {
  const backend = tf.backend();
  switch (tf.getBackend()) {
    case 'webgl': {
      const { gl } = (backend as WebGL).getGPGPUContext();
      const extension = gl.getExtension('WEBGL_debug_renderer_info');
      return String(gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    }
    case 'webgpu': {
      const { vendor, architecture, device, description } = (backend as WebGPU).device.adapterInfo ?? {};
      const names = [vendor, architecture, device, description].filter(Boolean);
      return names.length === 0
        ? 'a WebGPU device that does not say its name'
        : `WebGPU: ${names.join(', ')}`;
    }
    default:
      return undefined;
  }
}
