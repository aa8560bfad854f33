/** What a selection of operations, shapes, phases, backends and peers comes to. */
import { describe, expect, it } from 'vitest';
import { caseTitle, parseShapeChoice, selectCases } from '../src/grid/cases.js';
import { contenderLabel, rivalOf, selectContenders } from '../src/grid/contenders.js';
import { isOfMemory, type Operation, type Phase } from '../src/grid/operations.js';
import { byteCount } from '../src/grid/shapes.js';
import { trafficOf } from '../src/grid/traffic.js';

const titles = (...selection: Parameters<typeof selectCases>) => selectCases(...selection).map(caseTitle);

describe('cases', () => {
  it('are all phases at all shapes, and a read and a copy of each size', () => {
    expect(titles({ operations: ['batchNorm'], shapes: [[256, 120]] })).toEqual([
      'BatchNorm forward 256x120',
      'BatchNorm forward + backward 256x120',
      'BatchNorm inference 256x120',
      'read 256x120',
      'copy 256x120',
    ]);
  });

  it('of images are measured in both data formats, one beside the other', () => {
    expect(
      titles({ operations: ['batchNorm', 'layerNorm'], shapes: [[2, 3, 4, 5]], phases: ['inference'] }),
    ).toEqual([
      'BatchNorm inference 2x3x4x5 channels first',
      'BatchNorm inference 2x3x4x5 channels last',
      'LayerNorm inference 2x3x4x5',
      'read 2x3x4x5',
      'copy 2x3x4x5',
    ]);
  });

  it('are forward + backward in the sweep, from 1 KB to 256 MB', () => {
    const cases = selectCases({ operations: ['batchNorm', 'layerNorm'], shapes: ['sweep'] });
    const normalizations = cases.filter(({ operation }) => !isOfMemory(operation));
    expect(new Set(normalizations.map(({ phase }) => phase))).toEqual(new Set(['forwardBackward']));
    expect([byteCount(cases[0]!.shape), byteCount(cases.at(-1)!.shape)]).toEqual([2 ** 10, 2 ** 28]);
    expect(normalizations).toHaveLength(30);
  });

  it('are forward + backward in the small part of the sweep, whatever phases are asked for beside it', () => {
    const cases = selectCases({
      operations: ['batchNorm', 'layerNorm'],
      shapes: ['small'],
      phases: ['forwardBackward', 'inference'],
    });
    const normalizations = cases.filter(({ operation }) => !isOfMemory(operation));
    expect(new Set(normalizations.map(({ phase }) => phase))).toEqual(new Set(['forwardBackward']));
    expect([byteCount(cases[0]!.shape), byteCount(cases.at(-1)!.shape)]).toEqual([2 ** 14, 2 ** 20]);
    expect(titles({ operations: ['layerNorm'], shapes: ['small'], phases: ['inference'] })).toContain(
      'LayerNorm inference 16x256',
    );
  });

  it('are measured from small to large', () => {
    const sizes = selectCases({
      operations: ['batchNorm', 'groupNorm', 'lenet-batch'],
      shapes: ['models', 'sweep'],
    }).map(({ shape }) => byteCount(shape));
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  });

  it('leave out shapes on which an operation is not defined', () => {
    expect(
      titles({ operations: ['groupNorm', 'batchNorm'], shapes: [[8, 12]], phases: ['forwardBackward'] }),
    ).toEqual(['BatchNorm forward + backward 8x12', 'read 8x12', 'copy 8x12']);
  });

  it('are refused where there are none', () => {
    expect(() => selectCases({ operations: ['groupNorm'], shapes: [[8, 12]] })).toThrow(/nothing to measure/);
  });

  it.each(['32x', 'x', '0x3', '7', '3x3x3x3x3x3', '100000x100000', 'modells', '-3x4'])(
    'are refused at the shape %s',
    (text) => {
      expect(() => parseShapeChoice(text)).toThrow(
        `unknown shape '${text}': expected models, sweep, small, quick`,
      );
    },
  );
});

describe('contenders', () => {
  const contenders = selectContenders({
    backends: ['cpu', 'wasm'],
    threads: [1, 4],
    peers: ['composed', 'onnxruntime', 'torch'],
  });

  it('are ours and the peers, on each backend, with each number of threads where they can use them', () => {
    expect(contenders.map(({ id }) => id)).toEqual([
      ...['bn/wasm/1', 'bn/wasm/4', 'bn/cpu/1', 'composed/wasm/1', 'composed/cpu/1'],
      ...['onnxruntime/wasm/1', 'onnxruntime/wasm/4', 'torch/native/1', 'torch/native/4'],
    ]);
  });

  it.each([
    ['composed/cpu/1', 'bn/cpu/1'],
    ['composed/wasm/1', 'bn/wasm/1'],
    ['onnxruntime/wasm/4', 'bn/wasm/4'],
    ['torch/native/4', 'bn/wasm/4'],
  ])('%s is compared with %s', (peer, ours) => {
    expect(rivalOf(contenders.find(({ id }) => id === peer)!, contenders)!.id).toBe(ours);
  });

  it('have names that people understand', () => {
    expect(contenderLabel(contenders[1]!)).toBe('@bn, 4 threads, wasm');
    expect(contenderLabel(contenders.at(-1)!)).toBe('PyTorch, 4 threads');
  });

  it('of the GPU are compared on the same backend', () => {
    const onGpu = selectContenders({
      backends: ['webgl', 'webgpu'],
      threads: [1],
      peers: ['composed', 'jax'],
    });
    expect(onGpu.map((one) => [one.id, rivalOf(one, onGpu)?.id])).toEqual([
      ['bn/webgl/1', undefined],
      ['bn/webgpu/1', undefined],
      ['composed/webgl/1', 'bn/webgl/1'],
      ['composed/webgpu/1', 'bn/webgpu/1'],
      ['jax/webgpu/1', 'bn/webgpu/1'],
    ]);
  });
});

describe('the passes over memory of a case', () => {
  const traffic = (operation: Operation, phase: Phase, shape: readonly number[]) =>
    trafficOf({ operation, phase, shape });

  it('read x once more if statistics go across the batch', () => {
    expect(traffic('batchNorm', 'forwardBackward', [32, 64, 56, 56])).toEqual({ reads: 4, copies: 2 });
    expect(traffic('groupNorm', 'forwardBackward', [32, 64, 56, 56])).toEqual({ reads: 1, copies: 2 });
    expect(traffic('layerNorm', 'forwardBackward', [32, 64])).toEqual({ reads: 1, copies: 2 });
    expect(traffic('batchNormLayer', 'inference', [32, 64])).toEqual({ reads: 0, copies: 1 });
  });

  it('are not what a training step takes its time for', () => {
    expect(traffic('lenet-batch', 'step', [256, 1, 28, 28])).toBeUndefined();
  });
});
