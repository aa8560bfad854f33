/**
 * The golden data: inputs in float32, and what PyTorch computes of them in float64, forwards and backwards. Needs no test
 * runner, no tfjs and no backend.
 *
 * @packageDocumentation
 */
export {
  channelAxis,
  channelCount,
  type Inputs,
  type Operation,
  type OperationName,
  overTrailingAxes,
  parameterShape,
} from '../operation.js';
export { allowedError, differenceFrom } from './allowed.js';
export {
  type CaseRow,
  type GoldenCase,
  type GoldenOutput,
  goldenOperations,
  goldenRows,
  type OutputName,
  pytorchVersion,
  readGoldenCase,
} from './reader.js';
