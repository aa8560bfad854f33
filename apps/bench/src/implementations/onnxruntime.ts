/** onnxruntime-web on its WebAssembly backend: inference only. */
import { encodeOnnx } from '@bn/lenet/onnx';
import * as ort from 'onnxruntime-web';
import type { Case } from '../grid/cases.js';
import { epsilon, type Operation } from '../grid/operations.js';
import { channelAxis } from '../grid/shapes.js';
import type { Prepared } from '../measuring/loop.js';
import { Unsupported, type Workbench } from '../measuring/serve.js';
import { randomValues } from './data.js';

/** The first operator set that has LayerNormalization, and the file format that goes with it. */
const [opset, irVersion] = [17, 8];

/** ONNX's operator, and the names of its parameters in the order it wants them. */
const operators: Partial<Record<Operation, readonly [string, readonly string[]]>> = {
  batchNorm: ['BatchNormalization', ['scale', 'bias', 'mean', 'variance']],
  layerNorm: ['LayerNormalization', ['scale', 'bias']],
  instanceNorm: ['InstanceNormalization', ['scale', 'bias']],
};

export function onnxruntimeWorkbench(threads: number): Workbench {
  ort.env.wasm.numThreads = threads;
  return {
    hello: { versions: { 'onnxruntime-web': ort.env.versions.web ?? 'unknown' } },
    prepare,
    // It does not show its heap; tensors are copied there for a run, and given back.
    heapBytes: () => 0,
  };
}

async function prepare({ operation, phase, shape, dataFormat }: Case): Promise<Prepared | Unsupported> {
  const operator = operators[operation];
  if (!operator || phase !== 'inference')
    return new Unsupported('inference of BatchNorm, LayerNorm and InstanceNorm only');
  if (dataFormat === 'channelsLast') return new Unsupported('ONNX has channels first only');
  const [name, parameters] = operator;
  const channels = [shape[channelAxis(operation, shape)]!];
  const inputs = [['x', shape] as const, ...parameters.map((parameter) => [parameter, channels] as const)];
  const model = encodeOnnx({
    name: 'normalization',
    opset,
    irVersion,
    inputs: inputs.map(([parameter, size]) => ({ name: parameter, shape: size })),
    outputs: [{ name: 'y', shape }],
    constants: [],
    nodes: [
      {
        operator: name,
        inputs: inputs.map(([parameter]) => parameter),
        output: 'y',
        attributes: { epsilon: { float: epsilon } },
      },
    ],
  });
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const values = (parameter: string, size: readonly number[]) =>
    parameter === 'variance' ? new Float32Array(size[0]!).fill(1) : randomValues(size);
  const feeds = Object.fromEntries(
    inputs.map(([parameter, size]) => [parameter, new ort.Tensor('float32', values(parameter, size), size)]),
  );
  return { run: () => session.run(feeds), dispose: () => void session.release() };
}
