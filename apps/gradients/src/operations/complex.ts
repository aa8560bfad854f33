/** The modulus of complex numbers. */
import * as tf from '@tensorflow/tfjs';
import { type GradientCase, operation } from '../table/case.js';
import { signed } from '../table/values.js';

export const complex: Record<string, GradientCase[]> = {
  ComplexAbs: [
    operation('of real and imaginary parts', [signed([2, 3], 1), signed([2, 3], 2)], (real, imaginary) =>
      tf.abs(tf.complex(real, imaginary)),
    ),
  ],
};
