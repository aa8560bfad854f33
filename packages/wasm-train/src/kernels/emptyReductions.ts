/**
 * Reductions and running sums of a tensor without elements: the neutral element of each, if the result has elements at all, and
 * NaN for a mean. tfjs's kernels return what was in memory, divide by zero, or never end.
 */
import { runOriginal } from '@bn/wasm-heap';
import * as tf from '@tensorflow/tfjs-core';
import { filled, isEmpty } from '../elements.js';
import { withInteger } from '../integers.js';
import type { Inputs, KernelArguments, KernelResult } from '../kernel.js';

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);

const neutral: Readonly<Record<string, (dtype: tf.DataType) => number>> = {
  [tf.All]: () => 1,
  [tf.Any]: () => 0,
  [tf.Max]: (dtype) => ({ float32: -Infinity, int32: INT_MIN })[dtype as string] ?? 0,
  [tf.Mean]: () => Number.NaN,
  [tf.Min]: (dtype) => ({ float32: Infinity, int32: INT_MAX })[dtype as string] ?? 1,
  [tf.Prod]: () => 1,
  [tf.Sum]: () => 0,
};

/** The reduction of an empty x; undefined if x has elements. */
export function reduceEmpty(kernelName: string, args: KernelArguments): KernelResult | undefined {
  const { x } = args.inputs as Inputs<tf.SumInputs>;
  if (!isEmpty(x)) return undefined;
  const { axis, reductionIndices, keepDims } = args.attrs as unknown as tf.SumAttrs & tf.MaxAttrs;
  const axes = tf.util.parseAxisParam(axis ?? reductionIndices, [...x.shape]);
  const [outShape] = tf.backend_util.computeOutAndReduceShapes([...x.shape], axes);
  const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(outShape, axes) : outShape;
  const isCount = (kernelName === tf.Sum || kernelName === tf.Prod) && x.dtype === 'bool';
  const dtype = kernelName === tf.Mean ? 'float32' : isCount ? 'int32' : x.dtype;
  return filled(args, shape, dtype, (y) => y.fill(neutral[kernelName]!(dtype)));
}

/** If x is empty, y is as empty; bool counts. */
function runningOf(kernelName: string): tf.KernelFunc {
  return (args) => {
    const { x } = args.inputs as Inputs<tf.CumsumInputs>;
    const isBool = x.dtype === 'bool';
    if (isEmpty(x)) {
      return filled(args, x.shape, isBool ? 'int32' : x.dtype, () => undefined);
    }
    const original: tf.KernelFunc = (own) => runOriginal(kernelName, own);
    return isBool ? withInteger('x', args, original) : original(args);
  };
}

/** These have files of their own. */
const elsewhere: readonly string[] = [tf.Mean, tf.Sum];
const reductions = Object.keys(neutral).filter((kernelName) => !elsewhere.includes(kernelName));

export const emptyReductionConfigs: readonly tf.KernelConfig[] = [
  ...reductions.map((kernelName) => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc: (args: KernelArguments) => reduceEmpty(kernelName, args) ?? runOriginal(kernelName, args),
  })),
  ...[tf.Cumprod, tf.Cumsum].map((kernelName) => ({
    kernelName,
    backendName: 'wasm',
    kernelFunc: runningOf(kernelName),
  })),
];
