/** Batches cut into shards for the members of a group. */
import type { Inputs, Operation } from './operation.js';

/** What one member holds of a batch. */
export interface ShardOfBatch {
  readonly operation: Operation;
  readonly inputs: Inputs;
}

/** The shards of a batch of batchNorm: as many samples for each as `sizes` says, in order. Parameters are the same for all. */
export function shardsOf(operation: Operation, inputs: Inputs, sizes: readonly number[]): ShardOfBatch[] {
  const samples = operation.shape[0]!;
  let start = 0;
  return sizes.map((size) => {
    const from = start;
    start += size;
    const part = (values: Float32Array) => {
      const perSample = values.length / samples;
      return values.slice(from * perSample, start * perSample);
    };
    const { mask } = inputs;
    return {
      operation: { ...operation, shape: [size, ...operation.shape.slice(1)] },
      inputs: {
        ...inputs,
        x: part(inputs.x),
        dy: part(inputs.dy),
        ...(mask && {
          mask: { ...mask, shape: [size, ...mask.shape.slice(1)], values: part(mask.values) },
        }),
      },
    };
  });
}

/** Sizes of shards: `cuts` in [0, 1] are where one ends and the next begins. Equal cuts leave an empty shard between them. */
export function shardSizes(samples: number, cuts: readonly number[]): number[] {
  const places = [...cuts.map((cut) => Math.round(cut * samples)).sort((a, b) => a - b), samples];
  return places.map((place, i) => place - (places[i - 1] ?? 0));
}

/** The arrays of all shards, one after the other. */
export function joined(arrays: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const values of arrays) {
    result.set(values, start);
    start += values.length;
  }
  return result;
}
