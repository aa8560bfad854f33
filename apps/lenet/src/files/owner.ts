/** Who holds a lock, and whether that process lives. */
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';

/** A lock without an owner may be one that is just being written. */
const longestWriteMilliseconds = 5000;

const owner = z.object({
  /** 0 and -1 are no processes, but all of a group, and all that there are. */
  pid: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  host: z.string(),
  start: z.string().optional(),
});
type Owner = z.infer<typeof owner>;

/** This process. */
export const ownerHere = async (): Promise<Owner> => ({
  pid: process.pid,
  host: hostname(),
  start: await startOf(process.pid),
});

/** Whether a living process holds the lock with these contents, or is about to write them. */
export async function isHeld(path: string, contents: string): Promise<boolean> {
  const owner = parse(contents);
  return owner === undefined ? isRecent(path) : isAlive(owner);
}

export function describeOwner(contents: string): string {
  const owner = parse(contents);
  return owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
}

function parse(contents: string): Owner | undefined {
  try {
    return owner.parse(JSON.parse(contents));
  } catch {
    return undefined;
  }
}

/** Processes of other machines cannot be asked, and count as alive. */
async function isAlive({ pid, host, start }: Owner): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return start === (await startOf(pid));
}

/**
 * When the process started, in ticks since the machine did: numbers of processes are used again. Nothing if it has ended
 * and only waits for its parent to take note, and on systems that do not say.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the program's name, which may hold anything: state, then numbers; the start is the file's 22nd field.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** A time in the future, from a clock that was wrong, is as good as one long ago. */
const isRecent = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ mtimeMs }) => Math.abs(Date.now() - mtimeMs) < longestWriteMilliseconds,
    () => false,
  );
