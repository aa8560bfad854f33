import type { MpiGroup } from '@bn/mpi';
import { median } from '@bn/tooling/median';
import * as tf from '@tensorflow/tfjs';
import { repeat } from '../measure/timing.js';
import { networks } from '../networks.js';
import { gathersOfBatchNorms } from '../traffic.js';
import { agreeIn } from './agree.js';
import type { JobOf } from './job.js';

/** Milliseconds of all messages of a step, without the computing between them. */
export function measureMessages(
  group: MpiGroup,
  { network: name, seconds }: JobOf<'messages'>,
): { milliseconds: number } {
  const network = networks.find((candidate) => candidate.name === name)!;
  const gathers = gathersOfBatchNorms(network).map((values) => new Float64Array(values));
  const gradients = gradientsLike(network.parameters, network.tensors);
  const run = () => {
    for (const values of gathers) group.reducer.allGather(values);
    tf.dispose(group.averageGradients(gradients));
  };
  const milliseconds = median(repeat(run, { seconds, agree: agreeIn(group) }));
  tf.dispose(gradients);
  return { milliseconds };
}

/** So many values in so many tensors, of about the same size. */
function gradientsLike(values: number, tensors: number): tf.NamedTensorMap {
  const start = (index: number) => Math.floor((index * values) / tensors);
  return Object.fromEntries(
    Array.from({ length: tensors }, (_, index) => [
      `weight${index}`,
      tf.zeros([start(index + 1) - start(index)]),
    ]),
  );
}
