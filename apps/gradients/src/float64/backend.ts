/**
 * A backend of tfjs that computes with float64: the truth that the others are held to. Its kernels are the formulas in
 * plain loops, and share nothing with the kernels of tfjs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { array, type Float64NdArray } from './array.js';

export const FLOAT64 = 'float64';

/** Numbers, and how many tensors share them. */
interface Entry {
  values: Float64Array;
  references: number;
}

class Float64Backend extends tf.KernelBackend {
  readonly #storage = new tf.DataStorage<Entry>(this, tf.engine());

  override write(values: tf.BackendValues, _shape: number[], _dtype: tf.DataType): object {
    const dataId = {};
    this.#storage.set(dataId, { values: Float64Array.from(values as Float32Array), references: 1 });
    return dataId;
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    _shape: number[],
    _dtype: tf.DataType,
    references: number,
  ): void {
    this.#storage.set(dataId, { values: Float64Array.from(values as Float32Array), references });
  }

  override readSync(dataId: object): tf.BackendValues {
    // tfjs types its values as float32 arrays; everything that reads them only indexes.
    return this.#storage.get(dataId).values as unknown as Float32Array;
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#storage.has(dataId)) return true;
    const entry = this.#storage.get(dataId);
    entry.references -= 1;
    if (!force && entry.references > 0) return false;
    this.#storage.delete(dataId);
    return true;
  }

  override refCount(dataId: object): number {
    return this.#storage.has(dataId) ? this.#storage.get(dataId).references : 0;
  }

  override incRef(dataId: object): void {
    this.#storage.get(dataId).references += 1;
  }

  override numDataIds(): number {
    return this.#storage.numDataIds();
  }

  override timerAvailable(): boolean {
    return false;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

type Inputs = Record<string, Float64NdArray>;

/** Registers a reference kernel: arrays and attributes in, one array or several out. */
export function defineKernel<Attributes = unknown>(
  kernelName: string,
  compute: (inputs: Inputs, attributes: Attributes) => Float64NdArray | Float64NdArray[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: FLOAT64,
    kernelFunc: ({ inputs, attrs }) => {
      const present = Object.entries(inputs).filter(([, input]) => input !== undefined && input !== null);
      const arrays = Object.fromEntries(
        present.map(([name, input]) => [name, readArray(input as tf.TensorInfo)]),
      );
      const result = compute(arrays, attrs as Attributes);
      return Array.isArray(result) ? result.map(writeArray) : writeArray(result);
    },
  });
}

function float64Backend(): Float64Backend {
  return tf.findBackend(FLOAT64) as Float64Backend;
}

export function readArray({ dataId, shape, dtype }: tf.TensorInfo): Float64NdArray {
  return array(shape, float64Backend().readSync(dataId) as unknown as Float64Array, dtype);
}

export function writeArray({ data, shape, dtype }: Float64NdArray): tf.TensorInfo {
  return { dataId: float64Backend().write(data as unknown as Float32Array, shape, dtype), shape, dtype };
}

/** Registers the backend. Its kernels are registered by the files that hold them. */
export function registerFloat64Backend(): void {
  if (tf.findBackend(FLOAT64) === null) tf.registerBackend(FLOAT64, () => new Float64Backend());
}

/** A tensor of the float64 backend with these very numbers: tf.tensor would round them to float32. */
export function float64Tensor(
  values: Float64Array,
  shape: readonly number[],
  dtype: tf.DataType = 'float32',
): tf.Tensor {
  return tf.engine().makeTensor(values as unknown as Float32Array, [...shape], dtype, float64Backend());
}
