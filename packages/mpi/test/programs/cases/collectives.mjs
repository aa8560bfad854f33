/** Sums, means, copies and agreement. */
import * as tf from '@tensorflow/tfjs';

export function together(group) {
  const { rank, reducer } = group;
  const sums = Float64Array.of(1e16, 1, -1e16, rank / 3);
  reducer.allReduceSum(sums);
  const long = Float64Array.from({ length: 2000 }, (_, index) => index / (rank + 1));
  reducer.allReduceSum(long);
  // Shorter than the first message, longer, and empty on rank 0.
  const lengths = reducer
    .allGather(new Float64Array(700 * rank).fill(rank))
    .map((part) => [part.length, part.at(-1) ?? null]);

  const gradients = {
    kernel: tf.fill([2, 3], rank),
    bias: tf.tensor1d([rank * 0.1, 1, 1e-20]),
    none: tf.zeros([0]),
  };
  const means = group.averageGradients(gradients);
  // Must leave the first means alone.
  group.averageGradients({ kernel: tf.ones([2, 3]), bias: tf.ones([3]), none: tf.zeros([0]) });
  const averages = Object.entries(means).map(([name, tensor]) => [
    name,
    tensor.shape,
    [...tensor.dataSync()],
  ]);

  const weights = [
    tf.variable(tf.fill([3], rank + 0.5)),
    tf.variable(tf.fill([2, 2], rank, 'int32'), false),
    tf.variable(tf.scalar(rank === 1, 'bool'), false),
  ];
  group.broadcastWeights(weights, group.size - 1);
  const broadcast = weights.map((weight) => [...weight.dataSync()]);

  group.agree({ seed: 3, name: 'a', data: Float32Array.of(1, 2), nothing: null, nan: Number.NaN });
  group.barrier();
  const { start, end } = group.shard(10);
  const library = group.library?.slice(0, 4);
  return {
    library,
    sums: [...sums],
    long: [...long],
    lengths,
    averages,
    broadcast,
    shard: [start, end],
  };
}
