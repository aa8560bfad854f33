/** A normalization as an ONNX model: inference only. */
import { encodeOnnx } from '@bn/exchange';
import type { Case } from '../grid/cases.js';
import { epsilon, type Operation } from '../grid/operations.js';
import { channelAxis } from '../grid/shapes.js';
import { Unsupported } from '../measuring/serve.js';
import { randomValues } from './data.js';

/** The first operator set that has LayerNormalization, and the file format that goes with it. */
const [opset, irVersion] = [17, 8];

/** ONNX's operator, and the names of its parameters in the order it wants them. */
const operators: Partial<Record<Operation, readonly [string, readonly string[]]>> = {
  batchNorm: ['BatchNormalization', ['scale', 'bias', 'mean', 'variance']],
  layerNorm: ['LayerNormalization', ['scale', 'bias']],
  instanceNorm: ['InstanceNormalization', ['scale', 'bias']],
};

export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** What it is fed with. */
  readonly inputs: readonly OnnxInput[];
}

export interface OnnxInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The model of a case, or why there is none. */
export function onnxModel({ operation, phase, shape, dataFormat }: Case): OnnxModel | Unsupported {
  const operator = operators[operation];
  if (!operator || phase !== 'inference')
    return new Unsupported('inference of BatchNorm, LayerNorm and InstanceNorm only');
  if (dataFormat === 'channelsLast') return new Unsupported('ONNX has channels first only');
  const [name, parameters] = operator;
  const channels = [shape[channelAxis(operation, shape)]!];
  const inputs = [
    ['x', shape] as const,
    ...parameters.map((parameter) => [parameter, channels] as const),
  ].map(
    ([name, shape]): OnnxInput => ({
      name,
      shape,
      values: name === 'variance' ? new Float32Array(shape[0]!).fill(1) : randomValues(shape),
    }),
  );
  const bytes = encodeOnnx({
    name: 'normalization',
    opset,
    irVersion,
    inputs: inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: [{ name: 'y', shape }],
    constants: [],
    nodes: [
      {
        operator: name,
        inputs: inputs.map(({ name }) => name),
        output: 'y',
        attributes: { epsilon: { float: epsilon } },
      },
    ],
  });
  return { bytes, inputs };
}
