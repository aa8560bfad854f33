import type { Reducer } from '@bn/core';

/** Adds up the time of what it runs. */
export class Stopwatch {
  milliseconds = 0;

  time<T>(run: () => T): T {
    const start = performance.now();
    try {
      return run();
    } finally {
      this.milliseconds += performance.now() - start;
    }
  }

  /** `reducer`, timed. */
  timed(reducer: Reducer): Reducer {
    return {
      rank: reducer.rank,
      size: reducer.size,
      allGather: (values) => this.time(() => reducer.allGather(values)),
      allReduceSum: (values) => this.time(() => reducer.allReduceSum(values)),
    };
  }
}
