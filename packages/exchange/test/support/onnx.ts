/** Models beside their exports: tfjs's predict and onnxruntime on the same input. */
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-web';
import { exportOnnx } from '../../src/index.js';

export class Random {
  constructor(private state: number) {}

  /** In [0, 1): Mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  within(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.within(low, high + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.whole(0, items.length - 1)]!;
  }
}

const valuesOf = (random: Random, shape: readonly number[], low: number, high: number) =>
  tf.tensor(
    Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => random.within(low, high)),
    [...shape],
  );

/** Gives every weight another value than its first; variances stay positive. */
export function drawWeights(model: tf.LayersModel, random: Random): void {
  for (const weight of model.weights) {
    const positive = weight.originalName.endsWith('variance');
    weight.write(valuesOf(random, weight.shape as number[], positive ? 0.5 : -0.6, positive ? 2 : 0.6));
  }
}

/** How far the outputs of onnxruntime are from those of tf.layers, beside the largest output. */
export async function differenceOf(model: tf.LayersModel, random: Random, batch = 2): Promise<number> {
  const inputs = model.inputs.map(({ shape }) =>
    valuesOf(random, [batch, ...(shape.slice(1) as number[])], -2, 2),
  );
  const own = [model.predict(inputs)].flat() as tf.Tensor[];
  const session = await ort.InferenceSession.create(await exportOnnx(model));
  const feeds = inputs.map((x, i) => [
    model.inputNames[i]!,
    new ort.Tensor('float32', x.dataSync() as Float32Array, x.shape),
  ]);
  const theirs = await session.run(Object.fromEntries(feeds));
  await session.release();
  const differences = own.map((y, i) => {
    const values = Array.from(y.dataSync());
    const other = theirs[model.outputNames[i]!]!;
    if (String(other.dims) !== String(y.shape)) return Number.POSITIVE_INFINITY;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const errors = values.map((value, at) => Math.abs(value - Number(other.data[at])));
    return (
      errors.reduce((most, error) => Math.max(most, Number.isNaN(error) ? Infinity : error), 0) / largest
    );
  });
  return Math.max(...differences);
}
