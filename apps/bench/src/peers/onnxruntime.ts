/** onnxruntime-web on its WebAssembly backend, one thread: inference only. */
import * as ort from 'onnxruntime-web';
import { type Prepared, serve } from '../measure.js';
import { onnxModel } from '../onnxModel.js';
import type { Task } from '../protocol.js';

const EPSILON = 1e-5;
const OPSET = 17;

/** The operator, and the names of its parameters in the order it wants them. */
const operators = {
  batchNorm: ['BatchNormalization', ['scale', 'bias', 'mean', 'variance']],
  layerNorm: ['LayerNormalization', ['scale', 'bias']],
} as const;

const random = (shape: readonly number[]): ort.Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return new ort.Tensor('float32', Float32Array.from({ length: size }, Math.random), shape);
};

async function prepare({ operation, phase, shape }: Task): Promise<Prepared | string> {
  if (phase !== 'inference') return 'inference only';
  if (operation !== 'batchNorm' && operation !== 'layerNorm') return `no operator for ${operation}`;
  const [operator, parameters] = operators[operation];
  const channels = operation === 'layerNorm' ? shape[shape.length - 1]! : shape[1]!;
  const inputs = [['x', shape] as const, ...parameters.map((name) => [name, [channels]] as const)];
  const session = await ort.InferenceSession.create(onnxModel(operator, OPSET, inputs, EPSILON), {
    executionProviders: ['wasm'],
  });
  const feeds = Object.fromEntries(inputs.map(([name, size]) => [name, random(size)]));
  return { run: () => session.run(feeds), dispose: () => void session.release() };
}

ort.env.wasm.numThreads = 1;
await serve(prepare);
