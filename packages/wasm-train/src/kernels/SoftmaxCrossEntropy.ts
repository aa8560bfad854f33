/**
 * loss = scale * sum over n of log(sum over c of exp(x[n][c])) - x[n][labels[n]]
 *
 * and, as SoftmaxCrossEntropyGrad, dx[n][c] = dy * scale * (softmax(x[n])[c] - (1 if c is labels[n], else 0)).
 *
 * logits x [rows, classes], labels [rows] and int32, the loss and dy scalars. A label outside of the classes has no loss. float64 up to the
 * result. Reads x three times, from the cache. tfjs has no such kernel, and composes each of ten and more.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import { type Elements, elementsOf, filled } from '../elements.js';
import { type KernelArguments, type KernelResult, sizeOf } from '../kernel.js';
import { ShapeError } from '../shapeError.js';

export const SoftmaxCrossEntropy = 'SoftmaxCrossEntropy';
export const SoftmaxCrossEntropyGrad = 'SoftmaxCrossEntropyGrad';

export interface SoftmaxCrossEntropyAttributes {
  readonly scale: number;
}

interface Inputs {
  readonly logits: tf.TensorInfo;
  readonly labels: tf.TensorInfo;
}

/**
 * A row without a label would have what was in memory for a gradient, and one with a label between two classes a wrong one.
 *
 * @throws ShapeError
 * @throws TypeError
 */
function checkInputs({ logits, labels }: Inputs): void {
  const isMatrix = logits.shape.length === 2;
  if (!isMatrix || labels.shape.length !== 1 || labels.shape[0] !== logits.shape[0]) {
    throw new ShapeError(
      `${SoftmaxCrossEntropy}: logits must be [rows, classes] and labels [rows], got [${logits.shape.join(', ')}] and ` +
        `[${labels.shape.join(', ')}]`,
    );
  }
  if (labels.dtype !== 'int32') {
    throw new TypeError(`${SoftmaxCrossEntropy}: labels have the type ${labels.dtype}; cast them to int32`);
  }
}

/** Of one row: its largest logit, and the sum of the exponentials of all of them less that one. */
interface RowSum {
  readonly largest: number;
  readonly sum: number;
}

function sumRow(logits: Elements, start: number, end: number): RowSum {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; ++i) if (logits[i]! > largest) largest = logits[i]!;
  let sum = 0;
  for (let i = start; i < end; ++i) sum += Math.exp(logits[i]! - largest);
  return { largest, sum };
}

function softmaxCrossEntropy(args: KernelArguments): KernelResult {
  const { logits, labels } = args.inputs as unknown as Inputs;
  checkInputs({ logits, labels });
  const { scale } = args.attrs as unknown as SoftmaxCrossEntropyAttributes;
  const backend = args.backend as BackendWasm;
  return filled(args, [], 'float32', (loss) => {
    const values = elementsOf(backend, logits);
    const classes = logits.shape[1]!;
    let total = 0;
    elementsOf(backend, labels).forEach((label, row) => {
      if (label < 0 || label >= classes) return;
      const start = row * classes;
      const { largest, sum } = sumRow(values, start, start + classes);
      total += Math.log(sum) - (values[start + label]! - largest);
    });
    loss[0] = scale * total;
  });
}

function softmaxCrossEntropyGrad(args: KernelArguments): KernelResult {
  const { dy, logits, labels } = args.inputs as unknown as Inputs & { readonly dy: tf.TensorInfo };
  checkInputs({ logits, labels });
  const { scale } = args.attrs as unknown as SoftmaxCrossEntropyAttributes;
  const backend = args.backend as BackendWasm;
  return filled(args, logits.shape, 'float32', (dx) => {
    if (sizeOf(logits.shape) === 0) return;
    const values = elementsOf(backend, logits);
    const factor = scale * elementsOf(backend, dy)[0]!;
    const classes = logits.shape[1]!;
    elementsOf(backend, labels).forEach((label, row) => {
      const [start, end] = [row * classes, (row + 1) * classes];
      if (label < 0 || label >= classes) {
        dx.fill(0, start, end);
        return;
      }
      const { largest, sum } = sumRow(values, start, end);
      for (let i = start; i < end; ++i) dx[i] = factor * (Math.exp(values[i]! - largest) / sum);
      const own = Math.exp(values[start + label]! - largest) / sum;
      dx[start + label] = factor * (own - 1);
    });
  });
}

export const softmaxCrossEntropyConfigs: readonly tf.KernelConfig[] = [
  { kernelName: SoftmaxCrossEntropy, backendName: 'wasm', kernelFunc: softmaxCrossEntropy },
  { kernelName: SoftmaxCrossEntropyGrad, backendName: 'wasm', kernelFunc: softmaxCrossEntropyGrad },
];
