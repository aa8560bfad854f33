/** tfjs's kernels of a convolution's gradients know no dilations; those of this package, on wasm, do. */
import * as tf from '@tensorflow/tfjs-core';

/** Whether these dilations, if there are any, spread a filter. */
export function areDilated(dilations: number | readonly number[] | undefined): boolean {
  return dilations !== undefined && ![dilations].flat().every((dilation) => dilation === 1);
}

/** @throws Error if the filter is dilated and the backend in use is not wasm. */
export function refuseDilations(operation: string, dilations: number | readonly number[] | undefined): void {
  tf.util.assert(
    !areDilated(dilations) || tf.getBackend() === 'wasm',
    () =>
      `Gradients of a dilated ${operation} (dilations ${dilations}) exist on the wasm backend only, not on ${tf.getBackend()}`,
  );
}
