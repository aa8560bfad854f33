/** onnxruntime-web, which computes models of one node. */
import { type CaseRow, channelCount, type GoldenCase, parameterShape } from '@bn/conformance/golden';
import { encodeOnnx, type OnnxAttribute } from '@bn/exchange';
import type { Env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { Answer, Method, Started } from './contender.js';

/** As much of onnxruntime-web as is used; it has an entry for each of its backends. */
export interface Onnxruntime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
  readonly env: Env;
}

interface Operator {
  readonly name: string;
  /** The first operator set that has it. */
  readonly opset: number;
  readonly parameters: readonly ('gamma' | 'beta' | 'mean' | 'variance')[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** The version of the file format that goes with the newest operator set here. */
const irVersion = 11;

function operatorOf(row: CaseRow): Operator | undefined {
  // ONNX has channels first only.
  if (row.dataFormat === 'channelsLast') return undefined;
  const axis = { axis: { int: row.shape.length - (row.normalizedShape?.length ?? 0) } };
  switch (row.op) {
    case 'batchNorm':
      return {
        ...{ name: 'BatchNormalization', opset: 15, parameters: ['gamma', 'beta', 'mean', 'variance'] },
        attributes: { training_mode: { int: 1 }, momentum: { float: row.momentum ?? 0.9 } },
      };
    case 'batchNormInference':
      return { name: 'BatchNormalization', opset: 15, parameters: ['gamma', 'beta', 'mean', 'variance'] };
    case 'layerNorm':
      return { name: 'LayerNormalization', opset: 17, parameters: ['gamma', 'beta'], attributes: axis };
    case 'groupNorm':
      return {
        ...{ name: 'GroupNormalization', opset: 21, parameters: ['gamma', 'beta'] },
        attributes: { num_groups: { int: row.numGroups! } },
      };
    case 'instanceNorm':
      return { name: 'InstanceNormalization', opset: 17, parameters: ['gamma', 'beta'] };
    case 'rmsNorm':
      return { name: 'RMSNormalization', opset: 23, parameters: ['gamma'], attributes: axis };
  }
}

export function onnxruntime(ort: Onnxruntime, provider: 'wasm' | 'webgpu'): Started {
  ort.env.wasm.numThreads = 1;
  const runningStatistics = method(async (golden, operator) => {
    const { runningMean, runningVariance } = await run(golden, operator);
    return { runningMean: runningMean!, runningVariance: runningVariance! };
  });
  return {
    versions: { 'onnxruntime-web': ort.env.versions.web ?? 'unknown' },
    forward: method(async (golden, operator) => ({ y: (await run(golden, operator)).y! })),
    // Its running variance is the biased one, and it has no cumulative average.
    runningStatistics: (golden) =>
      golden.row.varianceEstimate === 'biased' ? runningStatistics(golden) : undefined,
  };

  async function run(
    golden: GoldenCase,
    operator: Operator,
  ): Promise<Readonly<Record<string, Float32Array>>> {
    const inputs = inputsOf(golden, operator);
    const session = await ort.InferenceSession.create(modelOf(golden.row, operator, inputs), {
      executionProviders: [provider],
    });
    const tensors = inputs.map(({ name, shape, values }) => [name, new ort.Tensor('float32', values, shape)]);
    const results = Object.entries(await session.run(Object.fromEntries(tensors)));
    const values = results.map(async ([name, tensor]) => [
      name,
      Float32Array.from((await tensor.getData()) as Float32Array),
    ]);
    const outputs = Object.fromEntries(await Promise.all(values));
    await session.release();
    return outputs;
  }
}

function method(compute: (golden: GoldenCase, operator: Operator) => Promise<Answer>): Method {
  return (golden) => {
    const operator = operatorOf(golden.row);
    return operator && compute(golden, operator);
  };
}

interface Input {
  readonly name: string;
  readonly shape: number[];
  readonly values: Float32Array;
}

/** What takes the place of parameters that a case does not have: the operators want them. */
const identity: Readonly<Record<string, number>> = { gamma: 1, beta: 0 };

function inputsOf({ row, inputs }: GoldenCase, { parameters }: Operator): Input[] {
  const shape = parameterShape(row);
  const parameter = (name: Operator['parameters'][number]): Input => ({
    ...{ name, shape },
    values: inputs[name] ?? new Float32Array(channelCount(row)).fill(identity[name]!),
  });
  return [{ name: 'x', shape: [...row.shape], values: inputs.x }, ...parameters.map(parameter)];
}

/** A model of one node. */
function modelOf(row: CaseRow, { name, opset, attributes }: Operator, inputs: readonly Input[]): Uint8Array {
  const training = row.op === 'batchNorm';
  const channels = parameterShape(row);
  const y = { name: 'y', shape: row.shape };
  const running = ['runningMean', 'runningVariance'].map((name) => ({ name, shape: channels }));
  const outputs = training ? [y, ...running] : [y];
  return encodeOnnx({
    ...{ name: 'normalization', opset, irVersion, constants: [], inputs, outputs },
    nodes: [
      {
        operator: name,
        inputs: inputs.map(({ name }) => name),
        output: outputs.map(({ name }) => name),
        attributes: { ...attributes, epsilon: { float: row.epsilon ?? 1e-5 } },
      },
    ],
  });
}
