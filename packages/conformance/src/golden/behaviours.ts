/** The golden cases as behaviours: each result is at least as close to float64 as PyTorch's float32 kernel is. */
import { BatchNorm, batchNorm, moments } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Behaviour, Context, Feature } from '../behaviour.js';
import { largestDifference, roundoff } from '../compare.js';
import { channelCount, type OperationName, overTrailingAxes, toTensors } from '../operations.js';
import { forward, gradients, take } from '../run.js';
import {
  type CaseRow,
  type GoldenCase,
  type GoldenOutput,
  goldenRows,
  type OutputName,
  readGoldenCase,
} from './reader.js';

/**
 * Errors up to this, and to what rounding the statistics costs, pass even where PyTorch's rounding happened to fall more
 * kindly. A float32 kernel rounds four times on the way to y: x - mean, the factor gamma * rstd, their product, and the
 * sum with beta; each costs up to 2^-24.
 */
const rounding = 4 * roundoff;

export function goldenFeature(operation: OperationName): Feature {
  const rows = goldenRows.filter(({ op }) => op === operation);
  const behaviours: Record<string, Behaviour> = {};
  for (const row of rows) {
    behaviours[`${row.name}: forward`] = checkForward(row);
    behaviours[`${row.name}: gradients`] = checkGradients(row);
    if (operation === 'batchNorm') {
      behaviours[`${row.name}: running statistics`] = checkRunningStatistics(row);
    }
  }
  behaviours["worst error over all cases is at most that of PyTorch's float32 kernel"] = checkWorst(operation);
  return { feature: `golden data: ${operation}`, behaviours };
}

/** Records the errors of some outputs, then fails for the first that is too large. */
function judge(
  { results, tolerance }: Context,
  { row, outputs }: GoldenCase,
  got: Readonly<Record<string, Float32Array>>,
): void {
  const measured = Object.entries(got).map(([name, values]) => {
    const { truth, scale, pytorch, statistics } = outputs[name as OutputName] as GoldenOutput;
    const { error, at } = largestDifference(values, truth);
    results.recordError(row.op, name as OutputName, error / scale, pytorch);
    const message =
      `${name}: element ${at} is ${values[at]}, wanted ${truth[at]}; ` +
      `PyTorch float32's error is ${pytorch}, in units of ${scale}`;
    return { message, error: error / scale, limit: tolerance * Math.max(pytorch, rounding + statistics) };
  });
  expect(measured.length).toBeGreaterThan(0);
  for (const { message, error, limit } of measured) expect(error, message).toBeLessThanOrEqual(limit);
}

function checkForward(row: CaseRow): Behaviour {
  return async (context) => {
    const golden = readGoldenCase(row);
    const y = await forward(row, golden.inputs);
    judge(context, golden, { y, ...(await statistics(golden)) });
  };
}

/** mean and variance, for operations whose statistics are public. */
async function statistics({ row, inputs }: GoldenCase): Promise<Record<string, Float32Array>> {
  if (row.op === 'rmsNorm' || row.op === 'batchNormInference') return {};
  const x = tf.tensor(inputs.x, [...row.shape]);
  const { dataFormat } = row;
  if (row.op === 'batchNorm') {
    const { y, mean, variance } = batchNorm(x, { dataFormat });
    tf.dispose([x, y]);
    return take({ mean, variance });
  }
  const numGroups = row.op === 'instanceNorm' ? channelCount(row) : row.numGroups;
  const options = overTrailingAxes(row) ? { normalizedShape: row.normalizedShape } : { numGroups, dataFormat };
  const result = moments(x, options);
  x.dispose();
  return take(result as { mean: tf.Tensor; variance: tf.Tensor });
}

function checkGradients(row: CaseRow): Behaviour {
  return async (context) => {
    const golden = readGoldenCase(row);
    const { dx, dGamma, dBeta } = await gradients(row, golden.inputs);
    judge(context, golden, { dx, ...(dGamma && { dGamma }), ...(dBeta && { dBeta }) });
  };
}

function checkRunningStatistics(row: CaseRow): Behaviour {
  return async (context) => {
    const golden = readGoldenCase(row);
    const { momentum, varianceEstimate, epsilon, dataFormat, batchesTracked = 0 } = row;
    const { x, mean, variance, ...affine } = toTensors(row, golden.inputs);
    const layer = new BatchNorm({
      numFeatures: channelCount(row),
      affine: false,
      ...(momentum !== undefined && { momentum }),
      ...{ varianceEstimate, epsilon, dataFormat },
    });
    const num_batches_tracked = tf.scalar(batchesTracked, 'int32');
    layer.loadStateDict({ running_mean: mean!, running_var: variance!, num_batches_tracked });
    const y = layer.apply(x, { training: true });
    tf.dispose([y, x, mean!, variance!, num_batches_tracked, ...Object.values(affine)]);
    const running = await take({
      runningMean: tf.clone(layer.runningMean!),
      runningVariance: tf.clone(layer.runningVariance!),
    });
    layer.dispose();
    judge(context, golden, running);
  };
}

function checkWorst(operation: OperationName): Behaviour {
  return ({ results, tolerance }) => {
    const rows = results.accuracyOf(operation);
    expect(rows.length, 'outputs that the golden cases before have measured').toBeGreaterThan(0);
    for (const { output, error, pytorch } of rows) {
      expect(error, `worst error of ${output}`).toBeLessThanOrEqual(tolerance * Math.max(pytorch, rounding));
    }
  };
}
