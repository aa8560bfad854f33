/** int32 for kernels that compute with float32, where the result is exact; and bool for kernels that take int32. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { elementsOf } from './elements.js';
import type { KernelArguments, KernelResult } from './kernel.js';

/** Up to this float32 holds every integer. */
const EXACT = 2 ** 24;

/**
 * Runs a kernel whose result is a sum of products of its inputs on inputs that are not all float32. int32 gives int32; a mix of
 * types gives float32.
 *
 * @param terms How many products one sum has.
 * @throws RangeError if sums of integers might not be exact.
 */
export function runOnFloat32(
  kernelName: string,
  args: KernelArguments,
  terms: number,
  kernel: (args: KernelArguments) => KernelResult,
): KernelResult {
  // The engine hands a kernel the tensors of its caller, whatever the type says.
  const tensors = Object.entries(args.inputs) as [string, tf.Tensor][];
  const areIntegers = tensors.every(([, { dtype }]) => dtype === 'int32');
  return tf.tidy(() => {
    if (areIntegers) refuseInexact(kernelName, args.backend as BackendWasm, tensors, terms);
    const inputs = Object.fromEntries(tensors.map(([name, tensor]) => [name, tf.cast(tensor, 'float32')]));
    const result = tensorOf(kernel({ ...args, inputs }));
    return areIntegers ? tf.cast(result, 'int32') : result;
  });
}

/** The result of a kernel that is run on one of its inputs as int32. */
export function withInteger(name: string, args: KernelArguments, kernel: tf.KernelFunc): tf.Tensor {
  const given = args.inputs as Record<string, tf.Tensor>;
  return tf.tidy(() =>
    tensorOf(kernel({ ...args, inputs: { ...given, [name]: tf.cast(given[name]!, 'int32') } })),
  );
}

/** What a kernel returns, as a tensor that tf.tidy knows. */
export const tensorOf = (result: KernelResult): tf.Tensor =>
  tf.engine().makeTensorFromTensorInfo(result as tf.TensorInfo);

function refuseInexact(
  kernelName: string,
  backend: BackendWasm,
  tensors: readonly (readonly [string, tf.TensorInfo])[],
  terms: number,
): void {
  const largest = tensors.map(([, tensor]) =>
    (elementsOf(backend, tensor) as Int32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const bound = largest.reduce((product, value) => product * value, terms);
  if (bound <= EXACT) return;
  const names = tensors.map(([name], i) => `${name} up to ${largest[i]}`).join(' and ');
  throw new RangeError(
    `${kernelName} of int32: sums of ${terms} products of ${names} may exceed 2^24, beyond which they are not exact; cast to float32 ` +
      'if rounding is acceptable',
  );
}
