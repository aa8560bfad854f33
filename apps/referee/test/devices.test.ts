/** How the loss of a graphics device is seen. */
import { expect, it } from 'vitest';
import { type DeviceClasses, watchDevices } from '../src/run/devices.js';

/** A page with an adapter whose devices are lost if somebody says so, and a canvas whose context is. */
function fakePage() {
  let lose: (how: { reason: string; message: string }) => void = () => {};
  const context = { lost: false, isContextLost: () => context.lost };
  class GPUAdapter {
    async requestDevice() {
      const lost = new Promise<{ reason: string; message: string }>((resolve) => {
        lose = resolve;
      });
      return {
        lost,
        queue: { onSubmittedWorkDone: () => Promise.race([lost.then(() => Promise.reject()), tick()]) },
      };
    }
  }
  class OffscreenCanvas {
    getContext(name: unknown) {
      return name === 'webgl2' ? context : null;
    }
  }
  const page: DeviceClasses = { GPUAdapter, OffscreenCanvas };
  return {
    page,
    adapter: new GPUAdapter(),
    canvas: new OffscreenCanvas(),
    context,
    lose: (how: Parameters<typeof lose>[0]) => lose(how),
  };
}

const tick = () => new Promise((resolve) => setTimeout(resolve));

it('sees a device of WebGPU that is lost', async () => {
  const { page, adapter, lose } = fakePage();
  const loss = watchDevices(page);
  await adapter.requestDevice();
  expect(await loss()).toBeUndefined();
  lose({ reason: 'unknown', message: 'out of memory' });
  expect(await loss()).toBe('the WebGPU device was lost: out of memory');
  expect(await loss()).toBe('the WebGPU device was lost: out of memory');
});

it('takes no offence if a library destroys its device', async () => {
  const { page, adapter, lose } = fakePage();
  const loss = watchDevices(page);
  await adapter.requestDevice();
  lose({ reason: 'destroyed', message: 'Device was destroyed.' });
  expect(await loss()).toBeUndefined();
});

it('sees a context of WebGL that is lost', async () => {
  const { page, canvas, context } = fakePage();
  const loss = watchDevices(page);
  expect(canvas.getContext('2d')).toBeNull();
  expect(canvas.getContext('webgl2')).toBe(context);
  expect(await loss()).toBeUndefined();
  context.lost = true;
  expect(await loss()).toBe('the WebGL context was lost');
});
