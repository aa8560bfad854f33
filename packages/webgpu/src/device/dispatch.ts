/** Compiles the shader of one or two tasks once for each device, and records its dispatch into tfjs's command encoder. */
import * as tf from '@tensorflow/tfjs-core';
import { checkFits, type Scope } from './scope.js';
import { type BufferType, type Task, type TaskBuffer, WORKGROUP } from './task.js';
import type { TfjsBackend } from './tfjsBackend.js';

export interface Dispatch {
  /** Whether F, the type of 'elements', is vec4<f32>; else it is f32. */
  readonly vector: boolean;
  /** The first workgroups run the first task, the others the second. */
  readonly tasks: readonly Task[];
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** Records one dispatch. */
export function dispatch(scope: Scope, { vector, tasks }: Dispatch): void {
  const { backend } = scope;
  const buffers = buffersOf(tasks);
  const counts = countsOf(tasks);
  const factors = factorsOf(tasks);
  const workgroups = tasks.reduce((sum, task) => sum + task.workgroups, 0);
  const pipeline = pipelineOf(backend.device, keyOf(vector, tasks), () =>
    shader({ vector, tasks }, buffers, Object.keys(counts), Object.keys(factors)),
  );
  const bindings = buffers.map(([, { info }]) => bufferOf(scope, info));
  const uniforms = uniformBuffer(backend, Object.values(counts), Object.values(factors));
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...bindings, uniforms].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  for (const [, { info }] of buffers) backend.commandQueueOwnedIds.add(info.dataId);
  record(backend, pipeline, bindGroup, gridOf(backend.device, workgroups), tasks[0]!.name);
}

const keyOf = (vector: boolean, tasks: readonly Task[]): string =>
  `${vector} ${tasks.map(({ name, variant }) => `${name} ${variant}`).join(' + ')}`;

/** Buffers of all tasks by name; a name that two tasks share is one buffer. */
function buffersOf(tasks: readonly Task[]): [string, TaskBuffer][] {
  return Object.entries(Object.assign({}, ...tasks.map((task) => task.buffers)) as Task['buffers']);
}

/** Tasks of one dispatch agree in the sizes that they share; size `nameEnd` is where the workgroups of task `name` end. */
function countsOf(tasks: readonly Task[]): Record<string, number> {
  let end = 0;
  const ends = tasks.map(({ name, workgroups }) => {
    end += workgroups;
    return [`${name}End`, end];
  });
  return Object.assign(Object.fromEntries(ends), ...tasks.map(({ sizes }) => sizes.counts));
}

const factorsOf = (tasks: readonly Task[]): Record<string, number> =>
  Object.assign({}, ...tasks.map(({ sizes }) => sizes.factors ?? {}));

function pipelineOf(device: GPUDevice, key: string, source: () => string): GPUComputePipeline {
  let cache = pipelines.get(device);
  if (cache === undefined) {
    cache = new Map();
    pipelines.set(device, cache);
  }
  let pipeline = cache.get(key);
  if (pipeline === undefined) {
    const label = `@bn/webgpu ${key}`;
    const module = device.createShaderModule({ label, code: source() });
    pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module } });
    cache.set(key, pipeline);
  }
  return pipeline;
}

const wgslType: Record<BufferType, string> = {
  elements: 'F',
  floats: 'f32',
  records: 'vec4<f32>',
  integers: 'i32',
};

function shader(
  { vector, tasks }: Dispatch,
  buffers: readonly (readonly [string, TaskBuffer])[],
  counts: readonly string[],
  factors: readonly string[],
): string {
  const snippets = new Set(tasks.flatMap((task) => task.snippets()));
  const declarations = buffers.map(
    ([name, { access, type }], binding) =>
      `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${wgslType[type]}>;`,
  );
  return `
alias F = ${vector ? 'vec4<f32>' : 'f32'};
const LANES = ${vector ? 4 : 1}u;
struct Sizes {
${[...counts.map((name) => `  ${name}: u32,`), ...factors.map((name) => `  ${name}: f32,`)].join('\n')}
}
${declarations.join('\n')}
@group(0) @binding(${buffers.length}) var<uniform> sizes: Sizes;
${[...snippets].join('\n')}
${tasks.map((task) => task.text()).join('\n')}
@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) grid: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let workgroup = id.x + id.y * grid.x;
${tasks
  .map(({ name }, i) => {
    const before = tasks[i - 1];
    const start = before ? `workgroup - sizes.${before.name}End` : 'workgroup';
    return `  ${before ? 'else ' : ''}if (workgroup < sizes.${name}End) { ${name}(${start}, thread); }`;
  })
  .join('\n')}
}
`;
}

/** The buffer of a tensor, which is uploaded if it is still on the CPU. */
function bufferOf({ backend }: Scope, { dataId, shape }: tf.TensorInfo): GPUBuffer {
  checkFits(backend.device, shape);
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GPUBuffer;
}

/** A buffer of the sizes; tfjs takes it back after the recorded commands are submitted. */
function uniformBuffer(backend: TfjsBackend, counts: number[], factors: number[]): GPUBuffer {
  const bytes = new ArrayBuffer(16 * Math.ceil((counts.length + factors.length) / 4));
  new Uint32Array(bytes).set(counts);
  new Float32Array(bytes, 4 * counts.length).set(factors);
  const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
  const buffer = backend.bufferManager.acquireBuffer(bytes.byteLength, usage);
  backend.queue.writeBuffer(buffer, 0, bytes);
  backend.uniformPendingDisposal.push(buffer);
  return buffer;
}

type Grid = readonly [x: number, y: number];

/** One row of workgroups, or as many rows as the limit of the device asks for; the shader skips those beyond the last task. */
function gridOf({ limits }: GPUDevice, workgroups: number): Grid {
  const x = Math.min(workgroups, limits.maxComputeWorkgroupsPerDimension);
  return [x, Math.ceil(workgroups / x)];
}

function record(
  backend: TfjsBackend,
  pipeline: GPUComputePipeline,
  bindGroup: GPUBindGroup,
  grid: Grid,
  name: string,
): void {
  const timed = backend.activeTimers != null;
  backend.ensureCommandEncoderReady();
  const pass = passOf(backend, timed);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...grid);
  backend.dispatchCountInPass++;
  if (timed) {
    backend.endComputePassEncoder();
    backend.activeTimers!.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}

/** The pass that tfjs records into; within tf.time one that is timed by itself. */
function passOf(backend: TfjsBackend, timed: boolean): GPUComputePassEncoder {
  const descriptor: GPUComputePassDescriptor = {};
  if (timed && backend.supportTimestampQuery) {
    backend.endComputePassEncoder();
    backend.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: backend.querySetCount });
    descriptor.timestampWrites = {
      querySet: backend.querySet,
      beginningOfPassWriteIndex: 0,
      endOfPassWriteIndex: 1,
    };
  }
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass(descriptor);
  return backend.computePassEncoder;
}
