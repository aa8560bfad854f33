/** A member of a group of threads, with a reducer that is right or wrong; runs the built package. */
import { parentPort, workerData } from 'node:worker_threads';
import '@tensorflow/tfjs';
import { useBackend } from '@bn/core';
import { threadReducer } from '@bn/core/group';
import { groupTrials } from '../../dist/group.js';

const { memory, rank, fault, options } = workerData;
const right = threadReducer(memory, rank, { timeout: 100_000 });
const reducers = {
  none: right,
  /** Keeps the own part in place of the sum. */
  sums: {
    rank,
    size: right.size,
    allReduceSum: (values) => right.allReduceSum(values.slice()),
    allGather: (values) => right.allGather(values),
  },
  /** Rank 1 gets something else than the others. */
  bits: {
    rank,
    size: right.size,
    allReduceSum: (values) => right.allReduceSum(values),
    allGather: (values) =>
      right.allGather(values).map((part) => (rank === 1 ? part.map((value) => value * (1 + 1e-7)) : part)),
  },
};
await useBackend('cpu');
const outcome = await groupTrials(reducers[fault], options).then(
  () => 'passed',
  (error) => error.message,
);
parentPort.postMessage(outcome);
