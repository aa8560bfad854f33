/** Runs a contender to the end of its tasks, whatever happens to its process. */
import type { Contender } from '../contenders/list.js';
import type { Hello, Line, Result } from './lines.js';

export interface Outcome extends Hello {
  readonly contender: Contender;
  readonly results: readonly Result[];
}

/**
 * Starts the contender somewhere, gives its lines as they come, and ends when it has ended.
 *
 * @returns undefined if it came to its end, or how it failed
 */
export type Attempt = (
  contender: Contender,
  tasks: readonly number[],
  line: (line: Line) => void,
) => Promise<string | undefined>;

/** A contender's process fails before it has begun. */
export class StartError extends Error {}

/**
 * All results. A task at which the process ends or hangs counts as a crash, and the next process begins after it.
 *
 * @throws StartError if a process fails before it has begun
 */
export async function outcomeOf(
  contender: Contender,
  tasks: readonly number[],
  attempt: Attempt,
): Promise<Outcome> {
  let hello: Hello | undefined;
  const results: Result[] = [];
  while (results.length < tasks.length) {
    const before = results.length;
    let begun = false;
    const failure = await attempt(contender, tasks.slice(before), (line) => {
      if ('task' in line) results.push(line);
      else {
        hello = line;
        begun = true;
      }
    });
    if (results.length === tasks.length) break;
    const why = failure ?? 'it ended early';
    if (!begun) throw new StartError(`${contender.way} on ${contender.backend} does not start: ${why}`);
    results.push({ task: tasks[results.length]!, crashed: why });
  }
  return { contender, versions: {}, ...hello, results };
}
