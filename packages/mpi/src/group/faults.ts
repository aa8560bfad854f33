/** Ends all processes of a group as soon as one of them cannot go on: the others would wait for it for ever. */
import { writeSync } from 'node:fs';
import { inspect } from 'node:util';

/** Of a process in a group. */
interface Member {
  readonly rank: number;
  readonly size: number;
  finalize(): void;
}

/** Says on which rank which error was, at once, as the process will not live to say it later; then ends the group by `abort`. */
export function endGroup(
  { rank, size }: Pick<Member, 'rank' | 'size'>,
  error: unknown,
  abort: () => void,
): void {
  const text = typeof error === 'string' ? error : inspect(error);
  writeSync(2, `rank ${rank} of ${size} ends the group: ${text}\n`);
  abort();
}

/**
 * From now on until the returned function is called: an error that nobody catches, and an end with an exit code other than 0, end the
 * group by `abort`. An end with exit code 0 leaves the group in order.
 */
export function watchOver(member: Member, abort: (exitCode: number) => void): () => void {
  let isEnded = false;
  const end = (error: unknown, exitCode: number) => {
    isEnded = true;
    endGroup(member, error, () => abort(exitCode));
  };
  const onError = (error: unknown) => {
    // With a listener of the program's own, the program decides whether it goes on.
    if (process.listenerCount('uncaughtException') === 0) end(error, 1);
  };
  const onExit = (exitCode: number) => {
    if (isEnded) return;
    if (exitCode !== 0) return end(`the process ended with exit code ${exitCode}`, exitCode);
    try {
      member.finalize();
    } catch (error) {
      end(error, 1);
    }
  };
  process.on('uncaughtExceptionMonitor', onError);
  process.on('exit', onExit);
  return () => {
    process.off('uncaughtExceptionMonitor', onError);
    process.off('exit', onExit);
  };
}
