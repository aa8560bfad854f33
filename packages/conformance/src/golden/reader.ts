/** Golden cases: a row of golden/cases.json with its inputs and PyTorch's float64 outputs. */
import { dataBase64, indexJson } from '../generated/golden.js';
import type { Inputs, Operation, OperationName } from '../operation.js';
import { crc32 } from './crc32.js';
import { type Distribution, drawInputs, textSeed } from './inputs.js';

/** Names of the outputs, as far as an operation has them. */
export type OutputName =
  | 'y'
  | 'mean'
  | 'variance'
  | 'runningMean'
  | 'runningVariance'
  | 'dx'
  | 'dGamma'
  | 'dBeta';

export interface GoldenOutput {
  /** PyTorch's result in float64. */
  readonly truth: Float64Array;
  /** Errors are divided by this: the largest magnitude among the output and the terms whose sum it is. */
  readonly scale: number;
  /** Error of PyTorch's own float32 kernel: max |result - truth| / scale. */
  readonly pytorch: number;
  /** Error that half a unit in the last place of mean and variance makes, which are float32 in every implementation. */
  readonly statistics: number;
}

/** A row of golden/cases.json. */
export interface CaseRow extends Operation, Distribution {
  readonly name: string;
  /** Running statistics of batch norm: weight that the old value keeps, null for the cumulative average. */
  readonly momentum?: number | null;
  readonly varianceEstimate?: 'unbiased' | 'biased';
  /** Steps taken before, for the cumulative average. */
  readonly batchesTracked?: number;
}

export interface GoldenCase {
  readonly row: CaseRow;
  readonly inputs: Inputs;
  readonly outputs: Readonly<Partial<Record<OutputName, GoldenOutput>>>;
}

interface StoredOutput extends Omit<GoldenOutput, 'truth'> {
  readonly offset: number;
  readonly length: number;
}

type StoredRow = CaseRow & {
  readonly inputs: number;
  readonly outputs: Readonly<Partial<Record<OutputName, StoredOutput>>>;
};

const index = JSON.parse(indexJson) as { readonly pytorch: string; readonly cases: readonly StoredRow[] };

/** Version of the PyTorch that the golden data are made with. */
export const pytorchVersion: string = index.pytorch;

/** All rows of golden/cases.json, without their data. */
export const goldenRows: readonly CaseRow[] = index.cases;

/** The operations of the golden cases, in the order of the list. */
export const goldenOperations: readonly OperationName[] = [...new Set(goldenRows.map(({ op }) => op))];

let decoded: Float64Array | undefined;

/** All stored numbers, little-endian on every machine that runs JavaScript engines today. */
function numbers(): Float64Array {
  decoded ??= new Float64Array(Uint8Array.from(atob(dataBase64), (char) => char.charCodeAt(0)).buffer);
  return decoded;
}

/**
 * Reads one case.
 *
 * @throws Error if the inputs drawn here are not those that the golden data were made from.
 */
export function readGoldenCase(row: CaseRow): GoldenCase {
  const stored = index.cases.find(({ op, name }) => op === row.op && name === row.name)!;
  const inputs = drawInputs(row, textSeed(`${row.op}: ${row.name}`), row);
  if (crc32(Object.values(inputs)) !== stored.inputs) {
    throw new Error(`golden case '${row.op}: ${row.name}': the inputs differ from those of make-golden.py`);
  }
  const outputs = Object.fromEntries(
    Object.entries(stored.outputs).map(([output, { offset, length, ...measures }]) => [
      output,
      { truth: numbers().subarray(offset, offset + length), ...measures },
    ]),
  );
  return { row, inputs, outputs };
}
