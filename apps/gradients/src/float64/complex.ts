/** Complex numbers: the real parts, then the imaginary ones. tfjs hands both around under one name. */
import * as tf from '@tensorflow/tfjs-core';
import { array } from './array.js';
import { defineKernel } from './backend.js';

defineKernel(tf.Complex, ({ real, imag }) =>
  array(real!.shape, Float64Array.of(...real!.data, ...imag!.data), 'complex64'),
);

defineKernel(tf.ComplexAbs, ({ x }) => {
  const size = x!.data.length / 2;
  return array(
    x!.shape,
    x!.data.slice(0, size).map((real, i) => Math.hypot(real, x!.data[size + i]!)),
  );
});
