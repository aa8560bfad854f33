/** The float64 reference, against PyTorch and against itself. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputsOf, trials } from '../src/arbitraries.js';
import { expectClose, largest } from '../src/compare.js';
import { dot, numericalGradient } from '../src/finiteDifferences.js';
import { drawInputs } from '../src/golden/inputs.js';
import { goldenOperations, goldenRows, readGoldenCase } from '../src/golden/reader.js';
import { drawMask } from '../src/masks.js';
import type { Mask, Operation, OperationName } from '../src/operation.js';
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
  const bounds = { maxSize: 60, epsilon: 0.1, maxOffset: 3, maxExponent: 0, affine: true };

  const matchDifferences = (op: OperationName, masked: boolean) =>
    fc.assert(
      fc.property(trials(op, { ...bounds, masked }), (trial) => {
        const { operation } = trial;
        const inputs = inputsOf(trial);
        const loss = (changed: object) =>
          dot(referenceForward(operation, { ...inputs, ...changed }).y, inputs.dy);
        const { dx, dGamma, dBeta } = referenceGradients(operation, inputs);
        const difference = { x: dx, gamma: dGamma, ...(inputs.beta && { beta: dBeta }) };
        for (const [name, gradient] of Object.entries(difference)) {
          const values = inputs[name as keyof typeof difference]!;
          const wanted = numericalGradient((at) => loss({ [name]: at }), values);
          expectClose(gradient, wanted, 1e-7 * (1 + largest(wanted)), name);
        }
      }),
      { seed: 1, numRuns: 50 },
    );

  for (const op of goldenOperations) it(op, () => matchDifferences(op, false));
  it('batchNorm with a mask', () => matchDifferences('batchNorm', true));
});

describe('a mask in the reference', () => {
  const operation: Operation = { op: 'batchNorm', shape: [4, 3, 5] };
  const inputs = drawInputs(operation, 1, { offset: 2 });
  const masked = (mask: Mask) => referenceForward(operation, { ...inputs, mask });
  /** Samples of x, in an order and as often as asked for. */
  const samples = (...indices: number[]) => {
    const x = Float32Array.from(indices.flatMap((n) => [...inputs.x.subarray(15 * n, 15 * (n + 1))]));
    return referenceForward({ ...operation, shape: [indices.length, 3, 5] }, { ...inputs, x });
  };

  it('counts a sample as often as its weight says', () => {
    const { mean, variance } = masked({ shape: [4], dtype: 'float32', values: Float32Array.of(1, 0, 3, 2) });
    const wanted = samples(0, 2, 2, 2, 3, 3);
    expectClose(mean, wanted.mean, 1e-12, 'mean');
    expectClose(variance, wanted.variance, 1e-12, 'variance');
  });

  it('counts positions, of all channels alike', () => {
    const values = Float32Array.from({ length: 20 }, (_, i) => (i % 5 < 2 ? 1 : 0));
    const { mean, variance } = masked({ shape: [4, 5], dtype: 'bool', values });
    const x = inputs.x.filter((_, i) => i % 5 < 2);
    const wanted = referenceForward({ ...operation, shape: [4, 3, 2] }, { ...inputs, x });
    expectClose(mean, wanted.mean, 1e-12, 'mean');
    expectClose(variance, wanted.variance, 1e-12, 'variance');
  });

  it('finds the positions of channels-last x as those of channels-first', () => {
    const mask = drawMask(operation, { axes: 2, dtype: 'float32' }, 5);
    const last: Operation = { ...operation, dataFormat: 'channelsLast', shape: [4, 5, 3] };
    const x = inputs.x.map(
      (_, i) => inputs.x[15 * Math.floor(i / 15) + 5 * (i % 3) + (Math.floor(i / 3) % 5)]!,
    );
    const { mean, variance } = referenceForward(last, { ...inputs, x, mask });
    expectClose(mean, masked(mask).mean, 1e-12, 'mean');
    expectClose(variance, masked(mask).variance, 1e-12, 'variance');
  });

  it('keeps what it leaves out from the statistics, whatever that is', () => {
    const values = Float32Array.of(1, 1, 0, 1);
    const x = inputs.x.map((value, i) => (i >= 30 && i < 45 ? Number.NaN : value));
    const spoilt = { ...inputs, x, mask: { shape: [4], dtype: 'bool', values } as Mask };
    expect(referenceForward(operation, spoilt).mean).toEqual(
      masked({ shape: [4], dtype: 'bool', values }).mean,
    );
  });

  it('of zeros gives mean and variance 0', () => {
    const { mean, variance } = masked({ shape: [4], dtype: 'bool', values: new Float32Array(4) });
    expect([...mean, ...variance]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
