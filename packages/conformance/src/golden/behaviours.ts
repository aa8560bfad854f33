/** The golden cases as behaviours: each result is at least as close to float64 as PyTorch's float32 kernel is. */
import { expect } from 'vitest';
import type { Behaviour, Context, Feature } from '../behaviour.js';
import type { OperationName } from '../operation.js';
import { allowedError, differenceFrom, rounding } from './allowed.js';
import { type Answer, answerForward, answerGradients, answerRunningStatistics } from './answers.js';
import {
  type CaseRow,
  type GoldenCase,
  type GoldenOutput,
  goldenRows,
  type OutputName,
  readGoldenCase,
} from './reader.js';

export function goldenFeature(operation: OperationName): Feature {
  const rows = goldenRows.filter(({ op }) => op === operation);
  const behaviours: Record<string, Behaviour> = {};
  for (const row of rows) {
    behaviours[`${row.name}: forward`] = check(row, answerForward);
    behaviours[`${row.name}: gradients`] = check(row, answerGradients);
    if (operation === 'batchNorm') {
      behaviours[`${row.name}: running statistics`] = check(row, answerRunningStatistics);
    }
  }
  behaviours["worst error over all cases is at most that of PyTorch's float32 kernel"] =
    checkWorst(operation);
  return { feature: `golden data: ${operation}`, behaviours };
}

/** Records the errors of some outputs, then fails for the first that is too large. */
function judge({ results, tolerance }: Context, { row, outputs }: GoldenCase, got: Answer): void {
  const measured = Object.entries(got).map(([name, values]) => {
    const output = outputs[name as OutputName] as GoldenOutput;
    const { truth, scale, pytorch } = output;
    const { error, at } = differenceFrom(output, values);
    results.recordError(row.op, name as OutputName, error, pytorch);
    const message =
      `${name}: element ${at} is ${values[at]}, wanted ${truth[at]}; ` +
      `PyTorch float32's error is ${pytorch}, in units of ${scale}`;
    return { message, error, limit: tolerance * allowedError(output) };
  });
  expect(measured.length).toBeGreaterThan(0);
  for (const { message, error, limit } of measured) expect(error, message).toBeLessThanOrEqual(limit);
}

function check(row: CaseRow, answer: (golden: GoldenCase) => Promise<Answer>): Behaviour {
  return async (context) => {
    const golden = readGoldenCase(row);
    judge(context, golden, await answer(golden));
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
