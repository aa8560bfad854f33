/** A run is this tab's while it is in hand here or waits here for its turn. All others are shown as they are stored. */
import { acquire, heldElsewhere, heldHere, holds, release } from './locks.js';
import { activeId, changeRun, elsewhere, runById, runs } from './page.js';
import { storedRun, storedRuns, written } from './store.js';

/** Whose a run is: `gone` is one that another tab has removed. */
export type Claim = 'ours' | 'elsewhere' | 'gone';

/** Makes a run this tab's, as another tab may have left it, unless another tab has it still. */
export async function claim(id: string): Promise<Claim> {
  if (holds(id)) return 'ours';
  if (!(await acquire(id))) {
    await refresh();
    return 'elsewhere';
  }
  const stored = await storedRun(id);
  await refresh();
  if (stored === undefined) {
    await release(id);
    runs.value = runs.value.filter((record) => record.id !== id);
    return 'gone';
  }
  changeRun(id, ({ hidden }) => ({ ...stored, hidden }));
  return 'ours';
}

/** Leaves the runs to others that are neither in hand here nor wait here, once they are stored. */
export async function settle(): Promise<void> {
  const left = heldHere().filter((id) => id !== activeId.value && runById(id)?.status !== 'queued');
  if (left.length === 0) return;
  await written();
  await Promise.all(left.map(release));
}

/** Shows what other tabs have made of their runs. Which curves are shown is each tab's own choice. */
export async function refresh(): Promise<void> {
  const [stored, others] = await Promise.all([storedRuns(), heldElsewhere()]);
  const ours = runs.value.filter(({ id }) => holds(id));
  const rest = stored
    .filter(({ id }) => !holds(id))
    .map((record) => ({ ...record, hidden: (runById(record.id) ?? record).hidden }));
  runs.value = [...ours, ...rest].sort((a, b) => a.createdAt - b.createdAt);
  elsewhere.value = others;
}
