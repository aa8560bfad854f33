import type { MpiGroup } from '@bn/mpi';
import { median } from '@bn/tooling/median';
import * as tf from '@tensorflow/tfjs';
import { repeat } from '../measure/timing.js';
import type { LinkTimes } from '../results.js';
import { agreeIn } from './agree.js';
import type { JobOf } from './job.js';

/** Medians of gathers, and of averages of gradients, by their numbers of values. */
export function measureLink(
  group: MpiGroup,
  { gathers, averages, seconds }: JobOf<'link'>,
): Omit<LinkTimes, 'name'> {
  const time = (run: () => void) => median(repeat(run, { seconds, agree: agreeIn(group) }));
  return {
    gathers: gathers.map((values) => {
      const own = new Float64Array(values);
      return { values, milliseconds: time(() => group.reducer.allGather(own)) };
    }),
    averages: averages.map((values) => {
      const gradients = { all: tf.zeros([values]) };
      const milliseconds = time(() => tf.dispose(group.averageGradients(gradients)));
      tf.dispose(gradients);
      return { values, milliseconds };
    }),
  };
}
