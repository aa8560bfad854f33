/** The float64 reference, against PyTorch and against itself. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputsOf, trials } from '../src/arbitraries.js';
import { expectClose, largest } from '../src/compare.js';
import { dot, numericalGradient } from '../src/finiteDifferences.js';
import { goldenOperations, goldenRows, readGoldenCase } from '../src/golden/reader.js';
import { referenceForward, referenceGradients } from '../src/reference.js';

describe('the reference agrees with PyTorch in float64', () => {
  for (const row of goldenRows) {
    it(`${row.op}: ${row.name}`, () => {
      const { inputs, outputs } = readGoldenCase(row);
      const { y, mean, variance } = referenceForward(row, inputs);
      const got = { y, mean, variance, ...referenceGradients(row, inputs) };
      for (const [name, values] of Object.entries(got)) {
        const output = outputs[name as keyof typeof got];
        if (output) expectClose(values, output.truth, 1e-9 * output.scale, name);
      }
      expect(Object.keys(outputs)).toContain('y');
      expect(Object.keys(outputs)).toContain('dx');
    });
  }
});

describe("the reference's gradients are its own finite differences", () => {
  for (const op of goldenOperations) {
    it(op, () => {
      const bounds = { maxSize: 60, epsilon: 0.1, maxOffset: 3, maxExponent: 0, affine: true };
      fc.assert(
        fc.property(trials(op, bounds), (trial) => {
          const { operation } = trial;
          const inputs = inputsOf(trial);
          const loss = (changed: object) =>
            dot(referenceForward(operation, { ...inputs, ...changed }).y, inputs.dy);
          const { dx, dGamma, dBeta } = referenceGradients(operation, inputs);
          const difference = { x: dx, gamma: dGamma, ...(inputs.beta && { beta: dBeta }) };
          for (const [name, gradient] of Object.entries(difference)) {
            const values = inputs[name as keyof typeof inputs]!;
            const wanted = numericalGradient((at) => loss({ [name]: at }), values);
            expectClose(gradient, wanted, 1e-7 * (1 + largest(wanted)), name);
          }
        }),
        { seed: 1, numRuns: 50 },
      );
    });
  }
});
