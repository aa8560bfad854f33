/**
 * Where training stands between two steps. With the weights it is all that it takes to go on as if training had never
 * stopped: plain gradient descent has no state of its own.
 */
import type { Random } from '../random.js';

export interface TrainingPosition {
  /** The epoch under way, from 1. */
  readonly epoch: number;
  /** Images seen in this epoch. */
  readonly seen: number;
  /** Sums over the images seen, of losses and of correct classifications. */
  readonly lossSum: number;
  readonly correctSum: number;
  /** Seconds spent on training in this epoch. */
  readonly seconds: number;
  /** State of the source that draws the order of images, before it drew this epoch's. */
  readonly shuffling: readonly number[];
}

/** Before the first step of an epoch. */
export const startOfEpoch = (epoch: number, shuffling: Random): TrainingPosition => ({
  epoch,
  seen: 0,
  lossSum: 0,
  correctSum: 0,
  seconds: 0,
  shuffling: shuffling.state,
});
