/** Gradients of gradients, against finite differences of the reference's first gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { type Bounds, forAll, inputsOf, trials } from '../arbitraries.js';
import type { Behaviour } from '../behaviour.js';
import { apply, toTensors } from '../calls.js';
import { expectClose, largest } from '../compare.js';
import { dot, numericalGradient } from '../finiteDifferences.js';
import { normal } from '../golden/inputs.js';
import { type OperationName, parameterShape } from '../operation.js';
import { referenceGradients } from '../reference.js';
import { take } from '../run.js';
import { smooth } from './gradients.js';

/** Generic float32 ops compute these, one after another; they are held to a tolerance relative to the largest value. */
const relativeTolerance = 2e-5;

/** Gradients in x, gamma and dy of v * dx + w * dGamma, with random weights v and w. */
export const secondGradientsMatchDifferences =
  (op: OperationName, bounds?: Bounds): Behaviour =>
  ({ draws, tolerance }) =>
    forAll(
      trials(op, { ...smooth, ...bounds, maxSize: 60, affine: true }),
      draws,
      async (trial) => {
        const { operation } = trial;
        const inputs = inputsOf(trial);
        const draw = (offset: number, length: number) =>
          Float32Array.from({ length }, (_, i) => normal(trial.dataSeed + offset, i));
        const weights = { dx: draw(20, inputs.x.length), dGamma: draw(21, inputs.gamma!.length) };
        const scalar = (changed: object) => {
          const { dx, dGamma } = referenceGradients(operation, { ...inputs, ...changed });
          return dot(dx, weights.dx) + dot(dGamma, weights.dGamma);
        };

        const { x, gamma, ...rest } = toTensors(operation, inputs);
        const dy = tf.tensor(inputs.dy, [...operation.shape]);
        const results = tf.tidy(() => {
          const v = tf.tensor(weights.dx, x.shape);
          const w = tf.tensor(weights.dGamma, parameterShape(operation));
          const gradients = tf.grads((x: tf.Tensor, gamma: tf.Tensor, dy: tf.Tensor) => {
            const first = tf.grads((x: tf.Tensor, gamma: tf.Tensor) =>
              apply(operation, { x, gamma, ...rest }),
            );
            const [dx, dGamma] = first([x, gamma], dy);
            return tf.add(tf.sum(tf.mul(dx!, v)), tf.sum(tf.mul(dGamma!, w)));
          })([x, gamma!, dy]);
          return { x: gradients[0]!, gamma: gradients[1]!, dy: gradients[2]! };
        });
        tf.dispose([x, gamma!, dy, ...Object.values(rest)]);

        for (const [name, got] of Object.entries(await take(results))) {
          const values = inputs[name as 'x' | 'gamma' | 'dy']!;
          const wanted = numericalGradient((at) => scalar({ [name]: at }), values);
          expectClose(
            got,
            wanted,
            tolerance * relativeTolerance * (1 + largest(wanted)),
            `gradient in ${name}`,
          );
        }
      },
      12,
    );
