/**
 * y[output] = sum over all other labels of the product of the operands: tf.einsum, which tfjs's wasm backend lacks.
 *
 * Any number of operands, `...`, diagonals and broadcasting of axes of size 1, as in PyTorch; tfjs takes one or two operands and
 * none of these. float32 runs as matrix products, int32 as products and sums. It reads and writes
 * memory as the steps do that it is composed of; see einsum/contract.ts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { contract, type Operand, withoutStretched } from '../einsum/contract.js';
import { parseEquation } from '../einsum/equation.js';
import type { KernelArguments, KernelResult } from '../kernel.js';

function einsum(args: KernelArguments): KernelResult {
  const { equation } = args.attrs as unknown as tf.EinsumAttrs;
  // The engine hands a kernel the tensors of its caller, whatever the type says.
  const tensors = Object.values(args.inputs) as tf.Tensor[];
  const { operands, output, sizes } = parseEquation(
    equation,
    tensors.map(({ shape }) => shape),
  );
  const dtype = tensors.map((tensor) => tensor.dtype).reduce((a, b) => tf.upcastType(a, b));
  return tf.tidy(() => {
    const stretched = operands.map(
      (labels, i): Operand => withoutStretched({ tensor: tf.cast(tensors[i]!, dtype), labels }, sizes),
    );
    return tf.clone(contract(stretched, output));
  });
}

export const einsumConfig: tf.KernelConfig = {
  kernelName: tf.Einsum,
  backendName: 'wasm',
  kernelFunc: einsum,
};
