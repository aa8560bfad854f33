/** No leak, no stale view of a heap that grew, and a clear error where there is no room. */
import '@tensorflow/tfjs';
import { watchAllocations } from '@bn/wasm-heap/testing';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { OutOfMemoryError } from '../src/index.js';
import { expectClose, random, randomTensor, runKernel } from './support/compare.js';
import * as float64 from './support/float64.js';

interface Heap {
  _malloc(bytes: number): number;
  _free(offset: number): void;
  HEAPU8: Uint8Array;
}

function backend(): BackendWasm {
  return tf.backend() as BackendWasm;
}

function heap(): Heap {
  return backend().wasm as unknown as Heap;
}

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
  // Emscripten's functions put themselves in place on their first call, which would undo a spy.
  heap()._free(heap()._malloc(8));
});

afterEach(() => {
  vi.restoreAllMocks();
});

const convolution = { strides: 1, pad: 'same', dataFormat: 'NHWC' };
const pooling = { filterSize: 2, strides: 2, pad: 'valid' };

const volume = () => randomTensor([2, 4, 4, 4, 3]) as tf.Tensor5D;
const pooledVolume = () => randomTensor([2, 2, 2, 2, 3]);
const volumeFilter = () => randomTensor([3, 2, 3, 3, 5]) as tf.Tensor5D;

/** Every kernel once, by name. */
const calls: Record<string, () => tf.Tensor> = {
  Add: () => tf.add(randomTensor([9, 5]), randomTensor([5])),
  AvgPool: () => tf.avgPool(randomTensor([2, 4, 4, 5]) as tf.Tensor4D, 2, 2, 'valid'),
  AvgPoolGrad: () =>
    runKernel('AvgPoolGrad', { dy: randomTensor([2, 2, 2, 5]), input: randomTensor([2, 4, 4, 5]) }, pooling),
  BatchMatMul: () => tf.matMul(randomTensor([3, 4, 5]), randomTensor([3, 5, 6])),
  Conv2D: () =>
    tf.conv2d(
      randomTensor([2, 6, 6, 3]) as tf.Tensor4D,
      randomTensor([3, 3, 3, 5]) as tf.Tensor4D,
      1,
      'same',
    ),
  'Conv2D, pointwise': () =>
    tf.conv2d(
      randomTensor([2, 6, 6, 3]) as tf.Tensor4D,
      randomTensor([1, 1, 3, 5]) as tf.Tensor4D,
      1,
      'same',
    ),
  Conv2DBackpropFilter: () => {
    const inputs = { x: randomTensor([2, 6, 6, 3]), dy: randomTensor([2, 6, 6, 5]) };
    return runKernel('Conv2DBackpropFilter', inputs, { ...convolution, filterShape: [3, 3, 3, 5] });
  },
  'Conv2DBackpropFilter, pointwise': () => {
    const inputs = { x: randomTensor([2, 6, 6, 3]), dy: randomTensor([2, 6, 6, 5]) };
    return runKernel('Conv2DBackpropFilter', inputs, { ...convolution, filterShape: [1, 1, 3, 5] });
  },
  Conv2DBackpropInput: () => {
    const inputs = { dy: randomTensor([2, 6, 6, 5]), filter: randomTensor([3, 3, 3, 5]) };
    return runKernel('Conv2DBackpropInput', inputs, { ...convolution, inputShape: [2, 6, 6, 3] });
  },
  'Conv2DBackpropInput, pointwise': () => {
    const inputs = { dy: randomTensor([2, 6, 6, 5]), filter: randomTensor([1, 1, 3, 5]) };
    return runKernel('Conv2DBackpropInput', inputs, { ...convolution, inputShape: [2, 6, 6, 3] });
  },
  AvgPool3D: () => tf.avgPool3d(volume(), 2, 2, 'valid'),
  AvgPool3DGrad: () => runKernel('AvgPool3DGrad', { dy: pooledVolume(), input: volume() }, pooling),
  Conv3D: () => tf.conv3d(volume(), volumeFilter(), 1, 'same'),
  Conv3DBackpropFilterV2: () => {
    const inputs = { x: volume(), dy: randomTensor([2, 4, 4, 4, 5]) };
    return runKernel('Conv3DBackpropFilterV2', inputs, { ...convolution, filterShape: [3, 2, 3, 3, 5] });
  },
  Conv3DBackpropInputV2: () => {
    const inputs = { dy: randomTensor([2, 4, 4, 4, 5]), filter: volumeFilter() };
    return runKernel('Conv3DBackpropInputV2', inputs, { ...convolution, inputShape: [2, 4, 4, 4, 3] });
  },
  DepthwiseConv2dNative: () => {
    const inputs = { x: randomTensor([2, 6, 6, 3]), filter: randomTensor([3, 3, 3, 2]) };
    return runKernel('DepthwiseConv2dNative', inputs, convolution);
  },
  FusedConv2D: () => {
    const inputs = {
      x: randomTensor([2, 6, 6, 3]),
      filter: randomTensor([3, 3, 3, 5]),
      bias: randomTensor([5]),
    };
    return runKernel('FusedConv2D', inputs, { ...convolution, activation: 'elu' });
  },
  FusedDepthwiseConv2D: () => {
    const inputs = { x: randomTensor([2, 6, 6, 3]), filter: randomTensor([3, 3, 3, 2]) };
    return runKernel('FusedDepthwiseConv2D', inputs, { ...convolution, activation: 'sigmoid' });
  },
  GatherV2: () => tf.gather(randomTensor([4, 5]), tf.tensor1d([3, 1, 3], 'int32')),
  GatherV2Grad: () => {
    const inputs = { dy: randomTensor([3, 5]), indices: tf.tensor1d([3, 1, 3], 'int32') };
    return runKernel('GatherV2Grad', inputs, { inputShape: [4, 5], axis: 0, batchDims: 0 });
  },
  MaxPool: () => tf.maxPool(randomTensor([2, 4, 4, 5]) as tf.Tensor4D, 2, 2, 'valid'),
  MaxPool3D: () => tf.maxPool3d(volume(), 2, 2, 'valid'),
  MaxPool3DGrad: () => {
    const dy = pooledVolume();
    return runKernel('MaxPool3DGrad', { dy, input: volume(), output: dy }, pooling);
  },
  MaxPoolGrad: () => {
    const dy = randomTensor([2, 2, 2, 5]);
    return runKernel('MaxPoolGrad', { dy, input: randomTensor([2, 4, 4, 5]), output: dy }, pooling);
  },
  ReluGrad: () => runKernel('ReluGrad', { dy: randomTensor([7]), x: randomTensor([7]) }),
  SigmoidGrad: () => runKernel('SigmoidGrad', { dy: randomTensor([7]), y: randomTensor([7]) }),
  Sum: () => tf.sum(randomTensor([9, 5]), 0),
  UnsortedSegmentSum: () => tf.unsortedSegmentSum(randomTensor([3, 5]), tf.tensor1d([1, 0, 1], 'int32'), 2),
};

describe.each(Object.entries(calls))('%s', (_, call) => {
  it('leaves nothing behind but its result', () => {
    const tensors = tf.memory().numTensors;
    const dataIds = backend().numDataIds();
    const malloc = vi.spyOn(heap(), '_malloc');
    const free = vi.spyOn(heap(), '_free');
    const result = tf.tidy(call);
    expect(tf.memory().numTensors).toBe(tensors + 1);
    expect(backend().numDataIds()).toBe(dataIds + 1);
    result.dispose();
    expect(backend().numDataIds()).toBe(dataIds);
    const taken = malloc.mock.results.map(({ value }) => value as number);
    const given = free.mock.calls.map(([offset]) => offset);
    expect(given.sort()).toEqual(taken.sort());
  });

  it('throws, leaves nothing behind and writes nothing when any of its allocations fails', () => {
    const tensors = tf.memory().numTensors;
    const dataIds = backend().numDataIds();
    let failures = 0;
    for (let failed = true; failed; ) {
      const start = heap().HEAPU8.slice(0, 64);
      const watch = watchAllocations((count) => count === failures + 1);
      try {
        tf.tidy(call).dispose();
        failed = false;
      } catch (error) {
        expect(error).toMatchObject({ code: 'BN_OUT_OF_MEMORY' });
        ++failures;
      } finally {
        watch.stop();
      }
      expect(heap().HEAPU8.slice(0, 64)).toEqual(start);
      expect(backend().numDataIds()).toBe(dataIds);
    }
    expect(failures).toBeGreaterThan(1);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(backend().numDataIds()).toBe(dataIds);
  });
});

describe('the heap', () => {
  it('refuses what 32-bit addresses cannot reach', () => {
    tf.tidy(() => {
      const column = tf.zeros<tf.Rank.R2>([40000, 1]);
      const multiply = () => tf.matMul(column, column, false, true);
      expect(multiply).toThrow(OutOfMemoryError);
      expect(multiply).toThrow(/no 6103\.5 MiB left/);
    });
  });

  it('may grow between calls', () => {
    const x = random(2 * 6 * 6 * 3, 1);
    const filter = random(3 * 3 * 3 * 5, 2);
    const info = tf.backend_util.computeConv2DInfo([2, 6, 6, 3], [3, 3, 3, 5], 1, 1, 'same');
    const input = tf.tensor4d(x, [2, 6, 6, 3]);
    const weights = tf.tensor4d(filter, [3, 3, 3, 5]);
    const before = heap().HEAPU8.buffer.byteLength;
    const ballast: tf.Tensor[] = [];
    for (let i = 0; i < 3; ++i) {
      const y = tf.conv2d(input, weights, 1, 'same');
      expectClose(y.dataSync(), float64.conv2d(x, filter, info));
      y.dispose();
      ballast.push(tf.zeros([64, 1024, 1024]));
    }
    expect(heap().HEAPU8.buffer.byteLength).toBeGreaterThan(before);
    tf.dispose([input, weights, ...ballast]);
  });

  it('stops growing after the first steps of a training loop', () => {
    const filter = tf.variable(randomTensor([5, 5, 1, 6]));
    const dense = tf.variable(randomTensor([864, 10]));
    const optimizer = tf.train.sgd(0.1);
    const step = () =>
      tf.tidy(() => {
        const x = randomTensor([64, 28, 28, 1]) as tf.Tensor4D;
        optimizer.minimize(() => {
          const h = tf.avgPool(tf.sigmoid(tf.conv2d(x, filter as tf.Tensor4D, 1, 'valid')), 2, 2, 'valid');
          return tf.mean(tf.square(tf.matMul(tf.reshape(h, [64, 864]), dense as tf.Tensor2D))) as tf.Scalar;
        });
      });
    for (let i = 0; i < 3; ++i) step();
    const { numTensors } = tf.memory();
    const dataIds = backend().numDataIds();
    const bytes = heap().HEAPU8.buffer.byteLength;
    for (let i = 0; i < 20; ++i) step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(backend().numDataIds()).toBe(dataIds);
    expect(heap().HEAPU8.buffer.byteLength).toBe(bytes);
    tf.dispose([filter, dense]);
  });
});
