/** The weights of one member for all. */
import { DtypeError, OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Mpi } from '../library/mpi.js';
import { checkSizes } from './averageGradients.js';
import type { Exchange } from './exchange.js';

const dtypes: readonly string[] = ['float32', 'int32', 'bool'];

/** As `MpiGroup.broadcastWeights`. */
export function broadcastWeights(
  weights: readonly tf.Variable[],
  root: number,
  mpi: Pick<Mpi, 'broadcast'>,
  exchange: Exchange,
): void {
  const { rank, size } = exchange;
  if (!Number.isInteger(root) || root < 0 || root >= size) {
    throw new OptionError(`broadcastWeights: root must be a rank from 0 to ${size - 1}, got ${root}`);
  }
  const signature = weights.flatMap(({ dtype, shape, name }) => {
    const index = dtypes.indexOf(dtype);
    if (index < 0)
      throw new DtypeError(`broadcastWeights: expected ${dtypes.join(', ')}, got ${dtype} for '${name}'`);
    return [index, shape.length, ...shape];
  });
  checkSizes(
    'broadcastWeights (dtype, rank and shape of each)',
    exchange.gather('broadcastWeights', Float64Array.of(root, ...signature)),
  );
  for (const variable of weights) {
    // A copy: what tfjs gives may be its own memory.
    const values = variable.dataSync().slice();
    if (variable.size > 0) {
      mpi.broadcast(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), root);
    }
    if (rank === root) continue;
    const tensor = tf.tensor(values, variable.shape, variable.dtype);
    variable.assign(tensor);
    tensor.dispose();
  }
}
