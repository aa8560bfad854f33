/** The links over which ranks are measured. */
import { Hosts } from '@bn/tooling/hosts';

export interface MeasuredLink {
  readonly name: string;
  /** What the ranks run on; undefined: one host. */
  readonly hosts: Hosts | undefined;
}

const limits = [
  ['TCP', undefined],
  ['TCP, 1 Gbit/s', 1e9],
  ['TCP, 100 Mbit/s', 1e8],
] as const;

/** One after the other; those between `count` hosts only if this user may make network namespaces. */
export function* linksBetween(count: number): Generator<MeasuredLink> {
  yield { name: 'shared memory', hosts: undefined };
  const hosts = hostsOrNone(count);
  if (hosts === undefined) return;
  const remove = () => hosts.remove();
  process.once('exit', remove);
  try {
    for (const [name, bitsPerSecond] of limits) {
      if (bitsPerSecond !== undefined) for (const host of hosts.names) hosts.limit(host, bitsPerSecond);
      yield { name, hosts };
    }
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function hostsOrNone(count: number): Hosts | undefined {
  try {
    return new Hosts(count);
  } catch (error) {
    console.log(`nothing is measured between hosts: ${(error as Error).message}`);
    return undefined;
  }
}
