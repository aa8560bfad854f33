/** onnxruntime-web on WebGPU, in browsers: x, the parameters and y stay on the device. */
import * as ort from 'onnxruntime-web/webgpu';
import type { Case } from '../grid/cases.js';
import type { Prepared } from '../measuring/prepared.js';
import { Unsupported, type Workbench } from '../measuring/serve.js';
import { type OnnxInput, onnxModel } from './onnxModel.js';

/** As much of WebGPU as is used here. */
interface Device {
  createBuffer(description: { size: number; usage: number }): ort.Tensor.GpuBufferType;
  readonly queue: {
    writeBuffer(buffer: ort.Tensor.GpuBufferType, offset: number, values: Float32Array): void;
    onSubmittedWorkDone(): Promise<undefined>;
  };
}

/** GPUBufferUsage: STORAGE, COPY_SRC and COPY_DST. */
const usage = 0x80 | 0x04 | 0x08;
/** A buffer holds whole blocks of four floats. */
const blockBytes = 16;

export function onnxruntimeWebgpuWorkbench(): Workbench {
  return {
    hello: { versions: { 'onnxruntime-web': ort.env.versions.web ?? 'unknown' } },
    prepare,
    heapBytes: () => 0,
  };
}

async function prepare(task: Case): Promise<Prepared | Unsupported> {
  const model = onnxModel(task);
  if (model instanceof Unsupported) return model;
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
  });
  const device = (await ort.env.webgpu.device) as unknown as Device;
  const tensors = model.inputs.map((input) => [input.name, onDevice(device, input)] as const);
  const feeds = Object.fromEntries(tensors);
  let results: ort.InferenceSession.OnnxValueMapType = {};
  const replaceBy = (next: ort.InferenceSession.OnnxValueMapType) => {
    for (const result of Object.values(results)) result.dispose();
    results = next;
  };
  return {
    run: async () => replaceBy(await session.run(feeds)),
    finish: () => device.queue.onSubmittedWorkDone(),
    dispose() {
      replaceBy({});
      for (const [, tensor] of tensors) tensor.dispose();
      void session.release();
    },
  };
}

function onDevice(device: Device, { shape, values }: OnnxInput): ort.Tensor {
  const size = Math.ceil(values.byteLength / blockBytes) * blockBytes;
  const buffer = device.createBuffer({ size, usage });
  device.queue.writeBuffer(buffer, 0, values);
  return ort.Tensor.fromGpuBuffer(buffer, {
    dataType: 'float32',
    dims: shape,
    dispose: () => (buffer as unknown as { destroy(): void }).destroy(),
  });
}
