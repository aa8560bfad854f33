/** What the tests see of the GPU in Node: dispatches, pipelines, readbacks and bytes, counted at Dawn's objects. */
import type { GpuCounts } from '@bn/tooling/costsSuite';
import * as tf from '@tensorflow/tfjs-core';
import './start.js';

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

const writesOf = new WeakMap<object, Set<number>>();
const modules = new WeakMap<object, Set<number>>();
const groups = new WeakMap<object, GPUBindGroupEntry[]>();

/** Shows calls of a method and their results, until the returned function is called. */
function watch(
  target: object,
  method: string,
  see: (self: object, parameters: unknown[], result: unknown) => void,
): () => void {
  const holder = target as Record<string, Method>;
  const original = holder[method]!;
  holder[method] = function (this: unknown, ...parameters) {
    const result = original.apply(this, parameters);
    see(this as object, parameters, result);
    return result;
  };
  return () => {
    holder[method] = original;
  };
}

// From the start: pipelines are made once and used again.
const device = GPUDevice.prototype;
watch(device, 'createShaderModule', (_, [descriptor], module) => {
  const { code } = descriptor as GPUShaderModuleDescriptor;
  const written = [...code.matchAll(/@binding\((\d+)\) var<storage, read_write>/g)].map(([, i]) => Number(i));
  modules.set(module as object, new Set(written));
});
watch(device, 'createComputePipeline', (_, [descriptor], pipeline) => {
  const { module } = (descriptor as GPUComputePipelineDescriptor).compute;
  writesOf.set(pipeline as object, modules.get(module)!);
});
watch(device, 'createBindGroup', (_, [descriptor], group) => {
  groups.set(group as object, [...(descriptor as GPUBindGroupDescriptor).entries]);
});

/** What `run` asks of the GPU. */
export function countGpu(run: () => void): GpuCounts {
  const counts: GpuCounts = { calls: 0, programs: 0, readbacks: 0, bytesRead: 0, bytesWritten: 0 };
  let written: Set<number> = new Set();
  let entries: GPUBindGroupEntry[] = [];
  const pass = GPUComputePassEncoder.prototype;
  const undo = [
    watch(pass, 'setPipeline', (_, [pipeline]) => {
      written = writesOf.get(pipeline as object)!;
    }),
    watch(pass, 'setBindGroup', (_, [, group]) => {
      entries = groups.get(group as object)!;
    }),
    watch(pass, 'dispatchWorkgroups', () => {
      counts.calls++;
      for (const { binding, resource } of entries) {
        const { buffer } = resource as GPUBufferBinding;
        if (!(buffer.usage & GPUBufferUsage.STORAGE)) continue;
        if (written.has(binding)) counts.bytesWritten += buffer.size;
        else counts.bytesRead += buffer.size;
      }
    }),
    watch(device, 'createComputePipeline', (_, [descriptor]) => {
      const { label } = descriptor as GPUComputePipelineDescriptor;
      if (label?.startsWith('@bn/webgpu')) counts.programs++;
    }),
    watch(GPUBuffer.prototype, 'mapAsync', () => counts.readbacks++),
  ];
  try {
    run();
  } finally {
    for (const restore of undo) restore();
  }
  return counts;
}

/** Bytes that tfjs has allocated on the device, and tensors whose data it holds. */
export function allocated(): { bytes: number; dataIds: number } {
  const backend = tf.backend() as unknown as {
    bufferManager: { numBytesAllocated: number };
    numDataIds(): number;
  };
  return { bytes: backend.bufferManager.numBytesAllocated, dataIds: backend.numDataIds() };
}
