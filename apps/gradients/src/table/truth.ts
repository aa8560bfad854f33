/** The truth of a case: its value in float64, and central differences of it. */
import * as tf from '@tensorflow/tfjs';
import { FLOAT64, float64Tensor } from '../float64/index.js';
import type { GradientCase } from './case.js';
import { type Measured, upstreamOf } from './measure.js';

/** Truncation costs about STEP^2, rounding 1e-16 / STEP: both far below float32's 6e-8. */
const STEP = 1e-5;

/** Beyond this, the two one-sided differences disagree by more than curvature explains. */
const CORNER = 1e-2;

/**
 * Differentiates the case by hand on the float64 backend: each element of each variable is moved up and down by a step.
 * Leaves the float64 backend in use.
 *
 * @throws Error if the function has a corner or a jump within a step of the point: then it has no gradient to check.
 */
export function truthOf(gradientCase: GradientCase): Measured {
  tf.setBackend(FLOAT64);
  const problem = gradientCase.make();
  try {
    const { shape, value } = tf.tidy(() => {
      const y = problem.compute();
      return { shape: [...y.shape] as number[], value: Array.from(y.dataSync()) };
    });
    const dy = tf.tidy(() => Array.from(upstreamOf(shape).dataSync()));
    const project = () =>
      tf.tidy(() => {
        const y = problem.compute().dataSync();
        return dy.reduce((sum, upstream, i) => sum + upstream * (y[i] as number), 0);
      });
    const middle = project();
    const gradients = problem.variables.map((variable) => {
      const original = Float64Array.from(variable.dataSync());
      const at = (i: number, offset: number) => {
        const values = original.slice();
        values[i]! += offset;
        assign(variable, values);
        return project();
      };
      const gradient = original.map((x, i) => {
        const step = STEP * Math.max(1, Math.abs(x));
        const [up, down] = [at(i, step), at(i, -step)];
        const slope = (up - down) / (2 * step);
        const bend = Math.abs(up - 2 * middle + down) / step;
        if (!(bend <= CORNER * Math.max(1, Math.abs(slope)))) {
          throw new Error(
            `'${gradientCase.name}' has a corner or a jump at element ${i} of ${variable.name}`,
          );
        }
        return slope;
      });
      assign(variable, original);
      return Array.from(gradient);
    });
    return { shape, value, gradients };
  } finally {
    problem.dispose();
  }
}

function assign(variable: tf.Variable, values: Float64Array): void {
  const tensor = float64Tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
