/**
 * A group in which rank 1 does what the parameter says, and all others take steps for ever.
 *
 *     faults.mjs throw | reject | leave | exit | kill | seed | data | other | lengths | shapes | dtype | late | steps
 *
 * With `steps` rank 1 takes steps for ever, too.
 */
import '@bn/cpu-ref';
import { startMpi } from '@bn/mpi';
import * as tf from '@tensorflow/tfjs';

const fault = process.argv[2];
await tf.setBackend('cpu');
const group = await startMpi();
const { reducer } = group;
const isFaulty = group.rank === 1;
const give = (right, wrong) => (isFaulty ? wrong : right);
process.stderr.write(`process ${process.pid}\n`);

const faults = {
  throw: () => {
    if (isFaulty) throw new Error('the cat sat on the keyboard');
  },
  reject: async () => {
    if (isFaulty) await Promise.reject(new Error('the cat sat on the keyboard'));
  },
  leave: () => isFaulty && process.exit(0),
  exit: () => isFaulty && process.exit(3),
  kill: () => isFaulty && process.kill(process.pid, 'SIGKILL'),
  seed: () => group.agree({ batchSize: 256, seed: give(0, 7) }),
  data: () => group.agree({ images: Uint8Array.of(1, 2, give(3, 4)) }),
  missing: () => group.agree(give({ seed: 0 }, {})),
  other: () => (isFaulty ? group.barrier() : reducer.allGather(new Float64Array(3))),
  lengths: () => reducer.allReduceSum(new Float64Array(give(3, 4))),
  shapes: () => group.averageGradients({ a: tf.zeros([give(3, 4)]) }),
  weights: () => group.broadcastWeights([tf.variable(tf.zeros(give([2, 3], [3, 2])))]),
  dtype: () => group.averageGradients({ a: tf.zeros([3], give('float32', 'int32')) }),
  root: () => group.broadcastWeights([], 2),
  size: () => startMpi({ size: 5 }),
  late: () => {
    group.finalize();
    reducer.allReduceSum(new Float64Array(1));
  },
  steps: () => {},
  none: () => process.exit(0),
};
reducer.allReduceSum(new Float64Array(10));
await faults[fault]();
for (;;) reducer.allReduceSum(new Float64Array(10));
