/**
 * Which runs are this tab's. Two tabs that trained the same run would overwrite each other's saves, so a run belongs to one
 * at a time, by a lock that the browser frees when the tab is closed. A browser without the Web Locks API, or a page that
 * has come over plain http, lets every tab have every run.
 */

type Release = () => Promise<unknown>;

const prefix = 'lenet-lab.run.';
const manager = navigator.locks as LockManager | undefined;
const held = new Map<string, Release>();

/** Whether a run is this tab's. */
export const holds = (id: string): boolean => held.has(id);

export const heldHere = (): string[] => [...held.keys()];

export async function heldElsewhere(): Promise<ReadonlySet<string>> {
  const locks = (await manager?.query().catch(() => undefined))?.held ?? [];
  const ids = locks.map(({ name }) => name!).filter((name) => name.startsWith(prefix));
  return new Set(ids.map((name) => name.slice(prefix.length)).filter((id) => !holds(id)));
}

/** Makes a run this tab's; false where it is another tab's. */
export async function acquire(id: string): Promise<boolean> {
  if (holds(id)) return true;
  const release = manager ? await request(manager, id) : async () => {};
  if (release === undefined) return false;
  held.set(id, release);
  return true;
}

/** Leaves a run to whichever tab wants it. */
export async function release(id: string): Promise<void> {
  const free = held.get(id);
  held.delete(id);
  await free?.();
}

/** A lock lasts until the promise settles that its callback gives. */
function request(locks: LockManager, id: string): Promise<Release | undefined> {
  return new Promise((resolve) => {
    let free: () => void;
    const freed = new Promise<void>((settle) => {
      free = settle;
    });
    const ended = locks.request(prefix + id, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(undefined);
      resolve(() => {
        free();
        return ended;
      });
      return freed;
    });
    // A frame that may not store anything may not lock either, and has no run in common with a tab.
    ended.catch(() => resolve(async () => {}));
  });
}
