/** Where an epoch begins. */
import type { Random } from '../random.js';
import type { TrainingPosition } from './state.js';

/** Before the first step of an epoch. */
export const startOfEpoch = (epoch: number, shuffling: Random): TrainingPosition => ({
  epoch,
  seen: 0,
  lossSum: 0,
  correctSum: 0,
  seconds: 0,
  shuffling: [...shuffling.state],
});
