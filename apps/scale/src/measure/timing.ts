/** Repeats what is measured. */
import { median } from '../median.js';

const warmUp = 5;
const fewest = 3;

export interface RepeatOptions {
  readonly seconds: number;
  /** Makes one number of repetitions of those that the ranks suggest. */
  readonly agree?: (count: number) => number;
  /** Called after the warm-up. */
  readonly begin?: () => void;
}

/** Milliseconds of each repetition, for about so many seconds after a warm-up. */
export function repeat(
  run: () => void,
  { seconds, agree = (count) => count, begin = () => undefined }: RepeatOptions,
): number[] {
  const once = () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const warm = Array.from({ length: warmUp }, once);
  const count = agree(Math.max(fewest, Math.ceil((1000 * seconds) / median(warm))));
  begin();
  return Array.from({ length: count }, once);
}
