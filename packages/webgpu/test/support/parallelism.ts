/** Splits work as for another device than the one at hand: the tests run on a software renderer. */
import * as tf from '@tensorflow/tfjs-core';

/** From now on, until the returned function is called, the current device counts as hardware. */
export function takeForHardware(): () => void {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const info = device.adapterInfo;
  const set = (value: object) => Object.defineProperty(device, 'adapterInfo', { value, configurable: true });
  set({ isFallbackAdapter: false });
  return () => set(info);
}
