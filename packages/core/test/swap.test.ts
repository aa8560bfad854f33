/** What the engine does with tensors that a swap moves; conformance's "tensors that move" checks the values on real backends. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackendError, DisposedError } from '../src/index.js';
import { addTfjsBackend } from './support/genericBackend.js';

/** Reads tensors by their own type, as wasm does: its casts copy. */
const typed = 'typed';
/** The cpu backend again: its casts share. */
const sharing = 'sharing';

const dataTypeOf = (x: tf.Tensor) => tf.engine().state.tensorInfo.get(x.dataId)!.dtype;
const backendOf = (x: tf.Tensor) => tf.engine().state.tensorInfo.get(x.dataId)!.backend;
const counts = () => [tf.memory().numTensors, tf.memory().numDataBuffers, tf.memory().numBytes];

beforeAll(async () => {
  addTfjsBackend(sharing);
  addTfjsBackend(typed);
  tf.unregisterKernel(tf.Cast, typed);
  tf.registerKernel({
    kernelName: tf.Cast,
    backendName: typed,
    kernelFunc: ({ inputs, attrs }) => {
      const { dtype } = attrs as unknown as tf.CastAttrs;
      const { dataId, shape } = (inputs as tf.CastInputs).x!;
      const values = tf.util.toTypedArray(tf.backend().readSync(dataId) as tf.TypedArray, dtype);
      return { dataId: tf.backend().write(values, shape, dtype) as tf.DataId, shape, dtype };
    },
  });
});

beforeEach(() => tf.setBackend('cpu'));
afterEach(() => vi.restoreAllMocks());

describe('a tensor that shares data of another type', () => {
  test('has data of its own type where casts do not share, and frees all of it', async () => {
    const before = counts();
    const labels = tf.tensor1d([1, 0, 2], 'int32');
    const floats = tf.cast(labels, 'float32');
    const variable = tf.variable(floats);
    await tf.setBackend(typed);
    const sum = tf.tidy(() => tf.add(tf.add(floats, labels), variable));
    expect([...sum.dataSync()]).toEqual([3, 0, 6]);
    expect([labels, floats, variable].map(dataTypeOf)).toEqual(['int32', 'float32', 'float32']);
    tf.dispose([labels, floats, variable, sum]);
    expect(counts()).toEqual(before);
  });

  test('goes on sharing where casts share', async () => {
    const labels = tf.tensor1d([1, 0, 2], 'int32');
    const floats = tf.cast(labels, 'float32');
    await tf.setBackend(sharing);
    const sum = tf.add(floats, labels);
    expect(floats.dataId).toBe(labels.dataId);
    tf.dispose([labels, floats, sum]);
  });

  test('is read right by the gradients of what it was used in', async () => {
    const labels = tf.tensor1d([1, 0, 2], 'int32');
    const floats = tf.cast(labels, 'float32');
    await tf.setBackend(typed);
    const dx = tf.grad((x: tf.Tensor) => tf.mul(tf.square(x), floats))(tf.tensor1d([1, 2, 3]));
    expect([...dx.dataSync()]).toEqual([2, 0, 12]);
    tf.dispose([labels, floats, dx]);
  });
});

describe('a move', () => {
  test('converts an array that is not of the type of its data', async () => {
    const { dataId } = tf.tensor1d([1, 2]);
    const values = Int32Array.of(1, 2);
    vi.spyOn(tf.backend(), 'readSync').mockReturnValue(values);
    await tf.setBackend(sharing);
    const move = vi.spyOn(tf.backend(), 'move');
    tf.engine().moveData(tf.backend(), dataId);
    expect(move.mock.calls[0]![1]).toEqual(Float32Array.of(1, 2));
  });

  test('that fails leaves the data where it was', async () => {
    const before = counts();
    const x = tf.tensor1d([1, 2, 3]);
    const home = tf.backend();
    await tf.setBackend(sharing);
    const move = vi.spyOn(tf.backend(), 'move').mockImplementation(() => {
      throw new Error('no memory left');
    });
    expect(() => tf.square(x)).toThrow('no memory left');
    move.mockRestore();
    expect(backendOf(x)).toBe(home);
    const y = tf.square(x);
    expect([...y.dataSync()]).toEqual([1, 4, 9]);
    tf.dispose([x, y]);
    expect(counts()).toEqual(before);
  });

  test('of data that is nowhere says that the tensor has been disposed, in operations of tfjs too', () => {
    const x = tf.ones([2]);
    x.dispose();
    expect(() => tf.exp(x)).toThrow(DisposedError);
    expect(() => tf.exp(x)).toThrow('A tensor that has been disposed was used');
  });

  test('to a backend that still reads older data of the tensor gives it data of its own', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const home = tf.backend();
    const dispose = home.disposeData.bind(home);
    // As webgl does: it goes on holding data that it is asked for, and lets go of it when it has answered.
    const disposeData = vi.spyOn(home, 'disposeData').mockReturnValue(false);
    const { dataId } = x;
    await tf.setBackend(sharing);
    tf.square(x).dispose();
    disposeData.mockRestore();
    await tf.setBackend('cpu');
    const copy = tf.clone(x);
    dispose(dataId, true);
    x.dispose();
    expect([...copy.dataSync()]).toEqual([1, 2, 3]);
    copy.dispose();
  });
});

describe('a complex64 tensor', () => {
  test('follows to a backend that has complex numbers, and its data is freed', async () => {
    const before = counts();
    const z = tf.tidy(() => tf.complex([1, 2], [3, 4]));
    await tf.setBackend(sharing);
    const parts = [tf.real(z), tf.imag(z)];
    expect(parts.map((part) => [...part.dataSync()])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(backendOf(z)).toBe(tf.backend());
    tf.dispose([z, ...parts]);
    expect(counts()).toEqual(before);
  });

  test('is refused by one that has none, and stays as it was', async () => {
    const z = tf.tidy(() => tf.complex([1, 2], [3, 4]));
    tf.unregisterKernel(tf.Complex, typed);
    await tf.setBackend(typed);
    expect(() => tf.clone(z)).toThrow(BackendError);
    expect(() => tf.clone(z)).toThrow(/complex64 tensor cannot follow to .*'typed'.* tf\.real and tf\.imag/);
    await tf.setBackend('cpu');
    expect([...tf.real(z).dataSync()]).toEqual([1, 2]);
    z.dispose();
  });
});
