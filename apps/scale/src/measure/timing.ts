/** Repeats what is measured. */
import { median } from '@bn/tooling/median';

const longestWarmUp = 5;
const fewest = 3;

export interface RepeatOptions {
  readonly seconds: number;
  /** Makes one number of those that the ranks suggest. */
  readonly agree?: (count: number) => number;
  /** Called after the warm-up. */
  readonly begin?: () => void;
}

/** Milliseconds of each repetition, for about so many seconds after a warm-up of as many seconds or five repetitions. */
export function repeat(
  run: () => void,
  { seconds, agree = (count) => count, begin = () => undefined }: RepeatOptions,
): number[] {
  const once = () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  };
  const countOf = (milliseconds: number) => Math.ceil((1000 * seconds) / milliseconds);
  const first = once();
  const warm = Array.from({ length: agree(Math.min(longestWarmUp, countOf(first)) - 1) }, once);
  const count = agree(Math.max(fewest, countOf(median([first, ...warm].slice(-2)))));
  begin();
  return Array.from({ length: count }, once);
}
