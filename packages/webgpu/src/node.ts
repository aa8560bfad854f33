/**
 * WebGPU in Node: `import '@bn/webgpu/node'` gives the process `navigator.gpu` by the npm package `webgpu` (Dawn), and registers
 * the kernels. Import it before anything else imports tfjs's webgpu backend, which looks for `navigator.gpu` only once.
 *
 * Dawn keeps a process alive: end it by `process.exit()`.
 *
 * @packageDocumentation
 */
import { UnsupportedDeviceError } from './errors.js';

/** The part of the package `webgpu` that is used. */
interface Dawn {
  create(options: string[]): GPU;
  readonly globals: object;
}

if ((globalThis.navigator as Navigator | undefined)?.gpu === undefined) provide(await load());

async function load(): Promise<Dawn> {
  const name = 'webgpu';
  try {
    return (await import(/* @vite-ignore */ name)) as Dawn;
  } catch (cause) {
    throw new UnsupportedDeviceError(
      "@bn/webgpu/node needs the npm package 'webgpu', which brings WebGPU to Node: run 'npm install webgpu'. " +
        `Loading it failed: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Node's own navigator, if there is one, keeps its other properties. */
function provide({ create, globals }: Dawn): void {
  Object.assign(globalThis, globals);
  const navigator = Object.create((globalThis.navigator as Navigator | undefined) ?? null, {
    gpu: { value: create([]), enumerable: true },
  });
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
}

const { webgpuBackend } = await import('./index.js');

export { webgpuBackend };
