/** Makes points of a curve from the positions that training passes. */
import type { TrainingPosition } from '@bn/lenet';
import type { CurvePoint } from '../protocol.js';

/** A point stands for at least this long a stretch of training, unless the stretch is cut short. */
const millisecondsPerPoint = 100;

export class PointRecorder {
  #last: TrainingPosition;

  /**
   * @param start where training stands
   * @param total images in an epoch
   */
  constructor(
    start: TrainingPosition,
    private readonly total: number,
  ) {
    this.#last = start;
  }

  /** The point that ends at `position`, where enough time has gone by since the last or the epoch is complete. */
  pass(position: TrainingPosition): CurvePoint | undefined {
    const milliseconds = (position.seconds - this.#from(position).seconds) * 1000;
    return milliseconds >= millisecondsPerPoint || position.seen === this.total
      ? this.cut(position)
      : undefined;
  }

  /** The point that ends at `position`, undefined where nothing was seen since the last. */
  cut(position: TrainingPosition): CurvePoint | undefined {
    const from = this.#from(position);
    const images = position.seen - from.seen;
    if (images === 0) return undefined;
    this.#last = position;
    return {
      at: position.epoch - 1 + position.seen / this.total,
      images,
      loss: (position.lossSum - from.lossSum) / images,
      accuracy: (position.correctSum - from.correctSum) / images,
      examplesPerSecond: images / (position.seconds - from.seconds),
    };
  }

  /** The sums of a position run from its epoch's start. */
  #from({ epoch }: TrainingPosition): Pick<TrainingPosition, 'seen' | 'lossSum' | 'correctSum' | 'seconds'> {
    return this.#last.epoch === epoch ? this.#last : { seen: 0, lossSum: 0, correctSum: 0, seconds: 0 };
  }
}
