/** onnxruntime-web on its WebAssembly backend. */
import * as ort from 'onnxruntime-web';
import type { Case } from '../grid/cases.js';
import type { Prepared } from '../measuring/prepared.js';
import { Unsupported, type Workbench } from '../measuring/serve.js';
import { onnxModel } from './onnxModel.js';

export function onnxruntimeWorkbench(threads: number): Workbench {
  ort.env.wasm.numThreads = threads;
  return {
    hello: { versions: { 'onnxruntime-web': ort.env.versions.web ?? 'unknown' } },
    prepare,
    // It does not show its heap; tensors are copied there for a run, and given back.
    heapBytes: () => 0,
  };
}

async function prepare(task: Case): Promise<Prepared | Unsupported> {
  const model = onnxModel(task);
  if (model instanceof Unsupported) return model;
  const session = await ort.InferenceSession.create(model.bytes, { executionProviders: ['wasm'] });
  const feeds = Object.fromEntries(
    model.inputs.map(({ name, shape, values }) => [name, new ort.Tensor('float32', values, shape)]),
  );
  return { run: () => session.run(feeds), dispose: () => void session.release() };
}
